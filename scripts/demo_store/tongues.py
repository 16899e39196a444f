"""What the demo store's feeds in other languages write: who did what, and sentences; all of it invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language's places, its headlines' two halves, and its sentences."""

    places: tuple[str, ...]
    who: tuple[str, ...]
    what: tuple[str, ...]
    sentences: tuple[str, ...]
    space: str = " "
    """What stands between two words."""


TONGUES = {
    "de": Tongue(
        ("Lindau am Wehr", "Neuhafen", "Bad Erlen", "Steinmoor", "Falkental"),
        ("Stadtrat von {place}", "Hafenbehörde in {place}", "Bürgerinitiative aus {place}", "Verkehrsverbund {place}"),
        (
            "beschließt Umbau der alten Werft",
            "streitet über neue Brücke",
            "legt Haushalt mit {n} Millionen vor",
            "verschiebt Entscheidung auf den Frühling",
            "eröffnet Markthalle nach {k} Jahren Bauzeit",
        ),
        (
            "Nach einer Sitzung von {k} Stunden fiel die Entscheidung mit {m} zu {k} Stimmen.",
            "Anwohner der Uferstraße in {place} hatten {n} Unterschriften gesammelt und kündigten eine Klage an.",
            "Die Kosten von {n} Millionen trägt zu einem Drittel das Land, den Rest teilen sich Stadt und Hafen.",
            "„Wir haben lange genug gewartet“, sagte die Sprecherin am Abend in {place}.",
            "Die Arbeiten sollen im März beginnen und {m} Monate dauern.",
            "Bis dahin fährt die Fähre alle {m} Minuten, auch am Wochenende.",
            "Gutachter hatten {k} Varianten geprüft und die zweite empfohlen.",
        ),
    ),
    "fr": Tongue(
        ("Saint-Orlan", "Vaucresse", "Port-Guénec", "Montbrison-les-Bois"),
        (
            "Le conseil municipal de {place}",
            "La région de {place}",
            "Le théâtre de {place}",
            "La compagnie des bacs de {place}",
        ),
        (
            "adopte un budget de {n} millions",
            "rouvre la passerelle après {k} ans de travaux",
            "cherche {m} saisonniers avant l’été",
            "reporte le vote sur le tramway",
            "publie les chiffres de la saison",
        ),
        (
            "La décision a été prise à {place} par {m} voix contre {k}, après un long débat.",
            "Les riverains, qui avaient réuni {n} signatures, annoncent un recours.",
            "« Nous avons assez attendu », a déclaré l’adjointe aux transports mardi soir.",
            "Le chantier doit durer {m} mois et coûter {n} millions d’euros.",
            "Pendant ce temps, une navette partira toutes les {m} minutes de la gare.",
            "Les experts avaient étudié {k} tracés et préféré le plus court.",
            "À {place}, les commerçants espèrent surtout que les travaux seront finis avant les fêtes.",
        ),
    ),
    "es": Tongue(
        ("Lindes", "Puerto Claro", "Valdehierro", "Santa Olaya"),
        ("El ayuntamiento de {place}", "La lonja de {place}", "El hospital de {place}", "La cooperativa de {place}"),
        (
            "aprueba {n} viviendas junto al río",
            "pide lluvia tras {m} días de sequía",
            "estrena biblioteca después de {k} años",
            "reduce a {k} días la lista de espera",
            "vende {n} toneladas antes del otoño",
        ),
        (
            "La propuesta salió adelante en {place} con {m} votos a favor y {k} en contra.",
            "Los vecinos reunieron {n} firmas y anuncian que irán a los tribunales.",
            "«Llevamos {k} años esperando», dijo la portavoz el jueves por la tarde.",
            "Las obras empezarán en marzo y durarán {m} meses.",
            "El coste, de {n} millones, se repartirá entre la ciudad y la provincia.",
            "Mientras tanto habrá un autobús cada {m} minutos desde {place}.",
            "Los técnicos habían estudiado {k} alternativas.",
        ),
    ),
    "pt": Tongue(
        ("Ribeira Nova", "Monte Alvo", "Foz do Sal"),
        ("A câmara de {place}", "O porto de {place}", "A escola de {place}"),
        (
            "aprova obras de {n} milhões",
            "recebe {m} novos barcos",
            "fecha a ponte durante {k} semanas",
            "abre candidaturas até março",
        ),
        (
            "A decisão foi tomada em {place} com {m} votos a favor e {k} contra.",
            "Os moradores juntaram {n} assinaturas e prometem recorrer.",
            "«Já esperámos {k} anos», disse a porta-voz na quinta-feira.",
            "As obras começam em março e duram {m} meses.",
            "Entretanto haverá um autocarro a cada {m} minutos.",
            "Os técnicos estudaram {k} alternativas antes de escolher a mais barata.",
        ),
    ),
    "ru": Tongue(
        ("Заливск", "Новая Пристань", "Верхнеречье"),
        ("Совет города {place}", "Порт города {place}", "Музей города {place}"),
        (
            "утвердил бюджет в {n} миллионов",
            "отложил решение о мосте",
            "открыл выставку из {n} карт",
            "ищет {m} добровольцев",
        ),
        (
            "Решение принято после {k} часов обсуждения, сообщили в пресс-службе.",
            "Жители собрали {n} подписей и намерены обратиться в суд.",
            "«Мы ждали этого {k} лет», — сказала представительница города {place} во вторник.",
            "Работы начнутся в марте и продлятся {m} месяцев.",
            "До тех пор паром будет ходить каждые {m} минут.",
            "Эксперты рассмотрели {k} вариантов и выбрали самый короткий.",
        ),
    ),
    "ar": Tongue(
        ("ميناء الصفا", "واحة النخيل", "رأس المرجان"),
        ("مجلس بلدية {place}", "هيئة النقل في {place}", "مستشفى {place}", "اتحاد الصيادين في {place}"),
        (
            "يقر خطة لبناء {n} مسكن",
            "يؤجل قرار الجسر الجديد",
            "يعلن نتائج موسم هذا العام",
            "يفتتح السوق بعد {k} سنوات من العمل",
        ),
        (
            "وصوت الأعضاء في {place} مساء الثلاثاء بعد نقاش استمر {k} ساعات.",
            "وجمع السكان {n} توقيع وقالوا إنهم سيلجأون إلى القضاء.",
            "وقالت المتحدثة: «انتظرنا {k} سنوات، وقد حان وقت العمل».",
            "ومن المقرر أن تبدأ الأعمال في مارس وأن تستمر {m} شهرا.",
            "وتبلغ الكلفة {n} مليون، تتحمل المدينة ثلثها.",
            "وحتى ذلك الحين تعمل العبارة كل {m} دقيقة في {place}.",
            "ودرس الخبراء {k} بدائل قبل اختيار أقصرها.",
        ),
    ),
    "he": Tongue(
        ("נמל הזית", "גבעת הרוח", "מעיין השקד"),
        ("מועצת {place}", "רשות הנמל של {place}", "בית הספר של {place}"),
        ("אישרה תוכנית ל-{n} דירות", "דחתה את ההחלטה על הגשר", "פרסמה את נתוני העונה", "מחפשת {m} מתנדבים"),
        (
            "ההחלטה התקבלה ב{place} ביום שלישי בערב לאחר דיון של {k} שעות.",
            "התושבים אספו {n} חתימות והודיעו כי יפנו לבית המשפט.",
            "«חיכינו {k} שנים», אמרה הדוברת.",
            "העבודות יתחילו במרץ ויימשכו {m} חודשים.",
            "עד אז תפעל המעבורת כל {m} דקות.",
            "המומחים בחנו {k} חלופות ובחרו בקצרה ביותר.",
        ),
    ),
    "zh": Tongue(
        ("海湾市", "青石镇", "柳河口"),
        ("{place}议会", "{place}港务局", "{place}博物馆", "{place}公交公司"),
        ("通过{n}套住房计划", "推迟新桥决定", "公布本季数据", "历时{k}年的市场重新开放", "招募{m}名志愿者"),
        (
            "经过{k}小时的讨论，{place}的代表于周二晚间作出决定。",
            "当地居民收集了{n}个签名，并表示将提起诉讼。",
            "发言人说：“我们已经等了{k}年。”",
            "工程将于三月开始，预计持续{m}个月。",
            "费用为{n}百万元，其中三分之一由市政府承担。",
            "在此期间，渡轮每{m}分钟一班。",
            "专家研究了{k}个方案，最终选择了最短的一个。",
        ),
        space="",
    ),
    "ja": Tongue(
        ("港町市", "白川町", "松ヶ浜"),
        ("{place}議会", "{place}港湾局", "{place}美術館", "{place}漁協"),
        (
            "、{n}戸の住宅計画を承認",
            "、新しい橋の決定を延期",
            "、今季の数字を公表",
            "、{k}年ぶりに市場を再開",
            "、{m}人の協力者を募集",
        ),
        (
            "{place}で火曜日の夜、{k}時間にわたる議論の末に決まった。",
            "住民は{n}人分の署名を集め、訴えを起こす考えを示した。",
            "担当者は「{k}年待ちました」と話した。",
            "工事は三月に始まり、{m}か月かかる見通しだ。",
            "費用は{n}百万円で、三分の一を市が負担する。",
            "その間、渡し船は{m}分ごとに運航する。",
            "専門家は{k}つの案を検討し、最も短いものを選んだ。",
        ),
        space="",
    ),
    "ko": Tongue(
        ("한강포", "솔바람시", "달빛마을"),
        ("{place} 의회,", "{place} 항만청,", "{place} 도서관,"),
        ("{n}가구 주택 계획 승인", "새 다리 결정 연기", "올해 수치 공개", "{k}년 만에 시장 다시 열어"),
        (
            "{place}에서 화요일 저녁 {k}시간의 토론 끝에 결정이 내려졌다.",
            "주민들은 {n}명의 서명을 모았고 소송을 내겠다고 밝혔다.",
            "대변인은 “{k}년을 기다렸다”고 말했다.",
            "공사는 3월에 시작해 {m}개월 걸릴 예정이다.",
            "그동안 나룻배는 {m}분마다 다닌다.",
            "전문가들은 {k}가지 안을 검토해 가장 짧은 것을 골랐다.",
        ),
    ),
}
