"""The words of dates in 71 languages, folded by ``fold_name``.

Printed by ``scripts/date_names.py`` from Unicode CLDR, as Babel 2.19.0 has it: change that. CLDR
is © 1991-2025 Unicode, Inc., under the Unicode License v3 (https://www.unicode.org/license.txt).
"""

MONTHS = """
    ean eanair ene enero gen gener gennaio ian ianuarie ion ionawr jaan jaanuar jan janar janeiro janner januar
    januara januari januarie january janv janvaris janvier led leden ledna oca ocak saus sausio sausis sij sijecanj
    sijecnja sty styczen stycznia tammi tammikuu tammikuuta urt urtarrila urtarrilaren urtren xan xaneiro yan
    yanvar ιαν ιανουαριοσ ιανουαριου сту студзень студзеня січ січень січня янв январь января яну януари јан јануар
    јануари қаң қаңтар հնվ հունվար հունվարի בינו בינואר ינו ינואר جانفی جنوری ژانویه کانون_الثانی ینایر जन जनवरी
    जाने जानेवारी জানু জানুয়ারি ਜਨ ਜਨਵਰੀ જાન્યુ જાન્યુઆરી ஜன ஜனவரி జన జనవరి ಜನ ಜನವರಿ ജനു ജനുവരി දුරුතු มกราคม มค
    ມກ ມັງກອນ ဇန် ဇန်နဝါရီ იან იანვარი មករា 一月 |
    chw chwef chwefror feabh feabhra feb febbraio febr febreiro febrer febrero februar februara februari februarie
    februaris february fev fevereiro fevr fevral fevrier helmi helmikuu helmikuuta lut lutego luty ots otsaila
    otsailaren otsren peb pebrero shk shkurt sub subat uno unor unora vas vasario vasaris veebr veebruar velj
    veljaca veljace φεβ φεβρουαριοσ φεβρουαριου ақп ақпан лют лютага лютии лютого люты феб фебруар фев февр февраль
    февраля февруари փետրվար փետրվարի փտվ בפבר בפברואר פבר פברואר شباط فبرایر فروری فوریه فیفری फ़र फ़रवरी फेब्रु
    फेब्रुअरी फेब्रुवारी ফেব ফেব্রুয়ারি ਫ਼ਰ ਫ਼ਰਵਰੀ ફેબ્રુ ફેબ્રુઆરી பிப் பிப்ரவரி ఫిబ్ర ఫిబ్రవరి ಫೆಬ್ರ ಫೆಬ್ರವರಿ
    ഫെബ്രു ഫെബ്രുവരി නවම් กพ กุมภาพันธ์ ກພ ກຸມພາ ဖေ ဖေဖော်ဝါရီ თებ თებერვალი កុម្ភៈ 二月 |
    bre brezen brezna kov kovas kovo maalis maaliskuu maaliskuuta maart mac machi mar marc marca march marcius
    marco marec maret marren mars marso mart marta martie marts martxoa martxoaren marz marzec marzo maw mawrth mrt
    ozu ozujak ozujka μαρ μαρτιοσ μαρτιου бер березень березня мар март марта нау наурыз сак сакавік сакавіка մարտ
    մարտի մրտ במרץ מרץ اذار مارس مارچ मार्च মার্চ ਮਾਰਚ માર્ચ மார் மார்ச் మార్చి ಮಾರ್ಚ್ മാർ മാർച്ച് මැදින් มีค
    มีนาคม ມນ ມີນາ မတ် მარ მარტი មីនា 三月 |
    abr abril aib aibrean api apiren apirila apirilaren apr aprel april aprila aprile aprili aprilie aprilis aprill
    avr avril bal balandis balandzio dabr dabril dub duben dubna ebr ebrill huhti huhtikuu huhtikuuta kwi kwiecien
    kwietnia nis nisan pri prill tra travanj travnja απρ απριλιοσ απριλιου апр апрель апреля април квіт квітень
    квітня кра красавік красавіка сәу сәуір ապր ապրիլ ապրիլի אפר אפריל באפר באפריל ابریل افریل اوریل اپریل نیسان
    अप्रिल अप्रैल एप्रि एप्रिल এপ্রি এপ্রিল ਅਪ੍ਰੈ ਅਪ੍ਰੈਲ એપ્રિલ ஏப் ஏப்ரல் ఏప్రి ఏప్రిల్ ಏಪ್ರಿ ಏಪ್ರಿಲ್ ഏപ്രി ഏപ്രിൽ
    බක් เมย เมษายน ມສ ເມສາ ဧ ဧပြီ აპრ აპრილი មេសា 四月 |
    beal bealtaine geg geguze geguzes kve kveten kvetna mag maggio mai maiatza maiatzaren maig maijs maio mairen
    maj maja majus may mayis mayo mei svi svibanj svibnja touko toukokuu toukokuuta μαι μαιοσ μαιου маи мам мамыр
    мая мај трав травень травня մայիս մայիսի մյս במאי מאי ایار مای مایو مه میی मई मे মে ਮਈ મે மே మే ಮೇ മേയ് වෙසක්
    พค พฤษภาคม ພພ ພຶດສະພາ မေ მაი მაისი ឧសភា 五月 |
    birz birzelio birzelis cerven cervna cvn cze czerwca czerwiec eka ekaina ekainaren ekaren giu giugno haz
    haziran hun hunyo iun iunie iyn iyun juin jun juna june junho juni junie junij junijs junio junius juny juuni
    kesa kesakuu kesakuuta lipanj lipnja meh mehefin meith meitheamh qer qershor xuno ιουν ιουνιοσ ιουνιου июн июнь
    июня мау маусым черв червень червня чэр чэрвень чэрвеня юни јун јуни հնս հունիս հունիսի ביוני יוני جوان جون
    حزیران ژوین یونیو जुन जून জুন ਜੂਨ જૂન ஜூன் జూన్ ಜೂನ್ ജൂൺ පොසොන් มิถุนายน มิย ມິຖ ມິຖຸນາ ဇွန် ივნ ივნისი មិថុនា
    六月 |
    cervence cervenec cvc gor gorff gorffennaf heina heinakuu heinakuuta hul hulyo iuil iul iulie iyl iyul juil
    juill juillet jul jula julai julho juli julie julij julijs julio juliol julius july juuli korr korrik liep
    liepa liepos lipca lipiec lug luglio srpanj srpnja tem temmuz uzt uztaila uztailaren uztren xul xullo ιουλ
    ιουλιοσ ιουλιου июл июль июля лип липень липня ліп ліпень ліпеня шіл шілде юли јул јули հլս հուլիս հուլիսի
    ביולי יולי تموز جولایی جویلیة ژوییه یولیو یولیوز जुल जुलाई जुलै জুল জুলাই ਜੁਲਾ ਜੁਲਾਈ જુલાઈ ஜூலை జులై ಜುಲೈ ജൂലൈ
    ඇසළ กค กรกฎาคม ກລ ກໍລະກົດ ဇူ ဇူလိုင် ივლ ივლისი កក្កដា 七月 |
    abu aburen abuztua abuztuaren ag ago agost agosti agosto agu agust agustos agustus aout aug august augusta
    augusti augusts augustus augusztus avg avgust avq avqust awst dag dagost elo elokuu elokuuta gush gusht kol
    kolovoz kolovoza lun lunasa ogo ogos rugp rugpjucio rugpjutis sie sierpien sierpnia srpen srpna αυγ αυγουστοσ
    αυγουστου авг август августа жні жнівень жніуня серп серпень серпня там тамыз օգոստոս օգոստոսի օգս אוג אוגוסט
    באוג באוגוסט اب اغسطس اوت اگست غشت अग अगस्ट अगस्त ऑग ऑगस्ट আগ আগস্ট ਅਗ ਅਗਸਤ ઑગસ્ટ ஆக ஆகஸ்ட் ఆగ ఆగస్టు ಆಗ ಆಗಸ್ಟ್
    ഓഗ ഓഗസ്റ്റ് නිකිණි สค สิงหาคม ສຫ ສິງຫາ ဩ ဩဂုတ် აგვ აგვისტო សីហា 八月 |
    eyl eylul ira iraila irailaren iraren mean_fomhair medi mfomh rugs rugsejis rugsejo ruj rujan rujna sen sentabr
    sentyabr sep sept septemba septembar september septembra septembre septembrie septembris septiembre set
    setembre setembro settembre setyembre sht shtator syys syyskuu syyskuuta szept szeptember wrz wrzesien wrzesnia
    zar zari σεπ σεπτεμβριοσ σεπτεμβριου вер верасень верасня вересень вересня сент сентябрь сентября сеп септембар
    септември қыр қыркүиек սեպ սեպտեմբեր սեպտեմբերի בספט בספטמבר ספט ספטמבר ایلول سبتمبر ستمبر سپتامبر شتنبر सप्टें
    सप्टेंबर सित सितंबर सेप्टेम्बर সেপ সেপ্ট সেপ্টেম্বর ਸਤੰ ਸਤੰਬਰ સપ્ટે સપ્ટેમ્બર செப் செப்டம்பர் సెప్టెం
    సెప్టెంబర్ ಸೆಪ್ಟೆಂ ಸೆಪ್ಟೆಂಬರ್ സെപ്റ്റം സെപ്റ്റംബർ බිනර กย กันยายน ກຍ ກັນຍາ စက် စက်တင်ဘာ სექ სექტემბერი កញ្ញា 九月 |
    deireadh_fomhair dfomh doct doctubre eki ekim hyd hydref loka lokakuu lokakuuta oct october octobre octombrie
    octubre okt oktabr oktoba oktobar oktober oktobra oktobris oktoober oktubre oktyabr ott ottobre out outubro paz
    pazdziernik pazdziernika rij rijen rijna spal spalio spalis tet tetor urr urria urriaren urrren οκτ οκτωβριοσ
    οκτωβριου жовт жовтень жовтня кас кастрычнік кастрычніка окт октобар октомври октябрь октября қаз қазан հոկ
    հոկտեմբեր հոկտեմբերի אוק אוקטובר באוק באוקטובר اکتبر اکتوبر تشرین_الاول अक्टू अक्टूबर अक्टोबर ऑक्टो ऑक्टोबर
    অক্টো অক্টোবর ਅਕਤੂ ਅਕਤੂਬਰ ઑક્ટો ઑક્ટોબર அக் அக்டோபர் అక్టో అక్టోబర్ ಅಕ್ಟೋ ಅಕ್ಟೋಬರ್ ഒക്ടോ ഒക്ടോബർ වප් ตค ตุลาคม
    ຕລ ຕຸລາ အောက် အောက်တိုဘာ ოქტ ოქტომბერი តុលា 十月 |
    aza azaren azaroa azaroaren kas kasim lapkr lapkricio lapkritis listopadu marras marraskuu marraskuuta nen
    nentor nob nobyembre noiembrie nov novemba novembar november novembra novembre novembris novembro noviembre noy
    noyabr samh samhain stu studeni studenoga tach tachwedd νοε νοεμβριοσ νοεμβριου лист листопад листопада ліс
    лістапад лістапада нов новембар ное ноември нояб ноябрь ноября қар қараша նոյ նոյեմբեր նոյեմբերի בנוב בנובמבר
    נוב נובמבר تشرین_الثانی نوامبر نوفمبر نومبر نونبر नव नवंबर नोभेम्बर नोव्हें नोव्हेंबर নভে নভেম্বর ਨਵੰ ਨਵੰਬਰ નવે
    નવેમ્બર நவ நவம்பர் నవం నవంబర్ ನವೆಂ ನವೆಂಬರ್ നവം നവംബർ ඉල් พย พฤศจิกายน ພຈ ພະຈິກ နို နိုဝင်ဘာ ნოე ნოემბერი
    វិច្ឆិកា 十一月 |
    abe abendua abenduaren aberen ara aralik dec decembar december decembra decembre decembrie decembris decembro
    dek dekabr des desemba desember desembre dets detsember dez dezember dezembro dhj dhjetor dic dicembre
    diciembre dis disember disyembre gru grudnia grudzien gruod gruodis gruodzio joulu joulukuu joulukuuta noll
    nollaig pro prosinac prosinca prosince prosinec rhag rhagfyr δεκ δεκεμβριοσ δεκεμβριου груд грудень грудня дек
    декабрь декабря декември дец децембар жел желтоқсан сне снежань снежня դեկ դեկտեմբեր դեկտեմբերի בדצמ בדצמבר דצמ
    דצמבר دجنبر دسامبر دسمبر دیسمبر کانون_الاول डिसें डिसेंबर डिसेम्बर दिस दिसंबर ডিসে ডিসেম্বর ਦਸੰ ਦਸੰਬਰ ડિસે
    ડિસેમ્બર டிச டிசம்பர் డిసెం డిసెంబర్ ಡಿಸೆಂ ಡಿಸೆಂಬರ್ ഡിസം ഡിസംബർ උඳුවප් ธค ธันวาคม ທວ ທັນວາ ဒီ ဒီဇင်ဘာ დეკ
    დეკემბერი ធ្នូ 十二月
""".split("|")
"""The names of each month, January first; several words of one name are joined by ``_``."""

MONTHS_BY_LANGUAGE = {
    "lip": {"hr": 6, "pl": 7},
    "lis": {"cs": 11, "hr": 10, "pl": 11},
    "listopad": {"cs": 11, "hr": 10, "pl": 11},
    "listopada": {"hr": 10, "pl": 11},
    "srp": {"cs": 8, "hr": 7},
}
"""Names that mean another month in another language."""

WEEKDAYS = """
    al astelehena bazar_ertəsi be de_luain dilluns dl dush dushanba e e_hene esmaspaev h hen hetfo isn isnin
    jumatatu llun luan lun lundi lunedi lunes luni luns ma maanantai maanantaina maandag man mandag manudagur mo
    mon monday montag pazartesi pirmadienis pirmd pirmdiena po pon pondeli pondelok ponedeljak ponedeljek
    ponedjeljak poniedziałek pr pzt seg segunda_feira sen senin thu_hai δευ δευτερα дс дүисенбі панядзелак пн пон
    понеделник понедельник понедељак понеділок երկ երկուշաբթի יום_ב יום_שני الاثنین دوشنبه پیر सोम सोमबार सोमवार
    সোম সোমবার ਸੋਮ ਸੋਮਵਾਰ સોમ સોમવાર திங் திங்கள் సోమ సోమవారం ಸೋಮ ಸೋಮವಾರ തിങ്കളാഴ്ച തിങ്കൾ සඳුදා จันทร์ วันจันทร์
    ຈັນ ວັນຈັນ တနင်္လာ ორშ ორშაბათი ចន្ទ ច័ន្ទ 周一 星期一 月 月曜日 週一 월 월요일 |
    an antradienis ar asteartea ca cərsənbə_axsami di dienstag dimarts dinsdag dt dydd_mawrth e_marte jumanne k
    kedd mairt mar mardi martedi martes marti maw otrd otrdiena sal sali sel selasa sesh seshanba t teisipaev ter
    terca_feira thu_ba ti tiistai tiistaina tir tirs tirsdag tis tisdag tor torek tue tuesday ty tysdag ut utery
    uto utorak utorok wt wtorek þri þriðjudagur τρι τριτη ау ауторак вт вто вторник вівторок сеисенбі сс уто уторак
    երեքշաբթի երք יום_ג יום_שלישי الثلاثاء سهشنبه منگل मंगल मंगलवार मंगळ मंगळवार मङ्गल मङ्गलबार মঙ্গল মঙ্গলবার ਮੰਗਲ
    ਮੰਗਲਵਾਰ મંગળ મંગળવાર செவ் செவ்வாய் మంగళ మంగళవారం ಮಂಗಳ ಮಂಗಳವಾರ ചൊവ്വ ചൊവ്വാഴ്ച අඟහ අඟහරුවාදා วันอังคาร อังคาร
    ວັນອັງຄານ ອັງຄານ အင်္ဂါ სამ სამშაბათი អង្គារ 周二 星期二 火 火曜日 週二 화 화요일 |
    asteazkena az c car carsamba cead chor chorshanba cərsənbə dc de_ceadaoin dimecres dydd_mercher e_merkure
    jumatano k ke keskiviikko keskiviikkona kolmapaev mer mercoledi mercores mercredi mi mie miercoles miercuri
    mittwoch miy miyerkules mið miðvikudagur on ons onsdag qua quarta_feira rab rabu sr sre sreda sri srijeda sroda
    st streda sze szerda thu_tu tr treciadienis tresd tresdiena wed wednesday wo woensdag τετ τεταρτη серада середа
    ср сре среда сряда сәрсенбі չորեքշաբթի չրք יום_ד יום_רביעי الاربعاء بدھ چهارشنبه बुध बुधबार बुधवार বুধ বুধবার
    ਬੁੱਧ ਬੁੱਧਵਾਰ બુધ બુધવાર புத புதன் బుధ బుధవారం ಬುಧ ಬುಧವಾರ ബുധനാഴ്ച ബുധൻ බදාදා พุธ วันพุธ ພຸດ ວັນພຸດ ဗုဒ္ဓဟူး ოთხ
    ოთხშაბათი ពុធ 周三 星期三 水 水曜日 週三 수 수요일 |
    alhamisi ca cet cetrtek ceturtd ceturtdiena cetvrtak cs csutortok ct ctvrtek cumə_axsami czw czwartek dear
    deardaoin dijous dj do donderdag donnerstag e_enjte enj fim fimmtudagur gio giovedi huw huwebes iau jeu jeudi
    joi jue jueves kam kamis ketvirtadienis kha khamis kt n neljapaev og osteguna pay payshanba per persembe qui
    quinta_feira st stvrtok thu thu_nam thursday to tor tors torsdag torstai torstaina xov xoves πεμ πεμπτη
    беисенбі бс чацвер чет четвер четверг четвртак четврток четвъртък чт чц հինգշաբթի հնգ יום_ה יום_חמישי الخمیس
    جمعرات پنجشنبه गुरु गुरुवार बिहि बिहिबार বৃহস্পতি বৃহস্পতিবার ਵੀਰ ਵੀਰਵਾਰ ગુરુ ગુરુવાર வியா வியாழன் గురు
    గురువారం ಗುರು ಗುರುವಾರ വ്യാഴം വ്യാഴാഴ്ച බ්රහස් බ්රහස්පතින්දා พฤหัส วันพฤหัสบดี ພະຫັດ ວັນພະຫັດ ကြာသပတေး ხუთ
    ხუთშაბათი ព្រហ ព្រហស្បតិ៍ 周四 星期四 木 木曜日 週四 목 목요일 |
    aoine biy biyernes c cum cuma cumə de_haoine divendres dv dydd_gwener e_premte fos fostudagur fr fre fredag
    freitag fri friday gwe gwen ijumaa jum juma jumaat jumat or ostirala p pa patek pe penktadienis pentek
    perjantai perjantaina pet petak petek pi piatek piatok piektd piektdiena pn pre pt r reede sex sexta_feira
    thu_sau ven vendredi venerdi venres vie viernes vin vineri vr vrijdag vrydag παρ παρασκευη жм жұма пет петак
    петок петък пт пятница пятниця пятніца ուր ուրբաթ יום_ו יום_שישי الجمعة جمعه جمعہ शुक्र शुक्रबार शुक्रवार শুক্র
    শুক্রবার ਸ਼ੁੱਕਰ ਸ਼ੁੱਕਰਵਾਰ શુક્ર શુક્રવાર வெள் வெள்ளி శుక్ర శుక్రవారం ಶುಕ್ರ ಶುಕ್ರವಾರ വെള്ളി വെള്ളിയാഴ്ച සිකු
    සිකුරාදා วันศุกร์ ศุกร์ ວັນສຸກ ສຸກ သောကြာ პარ პარასკევი សុក្រ 周五 星期五 週五 金 金曜日 금 금요일 |
    cmt cumartesi de_sathairn dissabte ds dydd_sadwrn e_shtune jumamosi l la larunbata lau lauantai lauantaina
    laugardagur laupaev laurdag lor lordag lr lør lørdag s sa sab sabado sabato sabtu sad sam sambata samedi
    samstag sat saterdag sath saturday sestadienis sestd sestdiena shan shanba sht so sob sobota st sub subota szo
    szombat sənbə thu_bay za zaterdag σαβ σαββατο саб сабота сб сенбі суб суббота субота събота շաբաթ շբթ שבת السبت
    شنبه ہفتہ शनि शनिबार शनिवार শনি শনিবার ਸ਼ਨੀ ਸ਼ਨੀਵਾਰ શનિ શનિવાર சனி శని శనివారం ಶನಿ ಶನಿವಾರ ശനി ശനിയാഴ്ച සෙන
    සෙනසුරාදා วันเสาร์ เสาร์ ວັນເສົາ ເສົາ စနေ შაბ შაბათი សៅរ៍ 周六 土 土曜日 星期六 週六 토 토요일 |
    ahad ahd b bazar chu_nhat cn de_domhnaigh dg die dim dimanche diumenge dom domenica domh domingo dum duminica
    e_diel ig igandea jumapili lin linggo min minggu ne ned nedela nedele nedelja nedjelja niedz niedziela p paz
    pazar puhapaev sekmadienis sk so son sondag sonntag su sul sun sunday sunnudagur sunnuntai sunnuntaina svetd
    svetdiena sø søn søndag v vasarnap yak yakshanba zo zondag κυρ κυριακη воскресенье вс жексенбі жс нд нед недела
    неделя недеља неділя нядзеля կիր կիրակի יום_א יום_ראשון اتوار الاحد یکشنبه आइत आइतबार रवि रविवार রবি রবিবার ਐਤ
    ਐਤਵਾਰ રવિ રવિવાર ஞாயி ஞாயிறு ఆది ఆదివారం ಭಾನು ಭಾನುವಾರ ഞായറാഴ്ച ഞായർ ඉරිදා วันอาทิตย์ อาทิตย์ ວັນອາທິດ ອາທິດ
    တနင်္ဂနွေ კვი კვირა អាទិត្យ 周日 日 日曜日 星期日 週日 일 일요일
""".split("|")
"""The names of each weekday, Monday first; some are of two."""

HALVES = """
    am pd pg sa sang πμ дп претпл ص صباحا قبلازظهر قظ पूर्वाह्न පෙව ก่อนเที่ยง ກ່ອນທ່ຽງ နံနက် 上午 凌晨 午前 早上 清晨 오전 |
    ch chieu md pm ptg μμ попл пп بظ بعدازظهر م مساء अपराह्न පව หลังเที่ยง ຫຼັງທ່ຽງ ညနေ 下午 午後 오후 |
    toi 晚上
""".split("|")
"""Words beside a clock of twelve hours: before noon, from noon on, in the evening."""
