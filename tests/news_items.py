"""Items of news in several languages, to be written in any format: what each says, and what its newsroom is called."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tongue:
    """A language, with the encodings in which its newsrooms write, and words for an item of news."""

    language: str
    encodings: tuple[str, ...]
    agency: str
    place: str
    author: str
    dateline: str
    """As its wire writes it, with a place for the day of July."""
    byline: str
    """As it stands above a text; empty where nothing shows in that language that a line is one."""
    title: str
    text: str
    """Two paragraphs; both have a place for a number."""


@dataclass(frozen=True)
class News:
    """An article as it should come out."""

    number: int
    tongue: Tongue
    encoding: str
    """As documents declare it."""

    @property
    def title(self) -> str:
        return self.tongue.title.format(self.number)

    @property
    def paragraphs(self) -> list[str]:
        return [part.format(self.number) for part in self.tongue.text.split("\n\n")]

    @property
    def lead(self) -> str:
        """The paragraphs behind their dateline, as wires write them."""
        return self.tongue.dateline.format(self.day_of_july) + "\n\n".join(self.paragraphs)

    @property
    def day_of_july(self) -> int:
        return 1 + self.number % 28

    @property
    def day(self) -> str:
        return f"2025-07-{self.day_of_july:02}"


# ruff: noqa: RUF001 -- Russian
TONGUES = (
    Tongue(
        "en", ("utf-8", "windows-1252", "utf-16"), "Reuters", "LONDON", "Ada Lindqvist",
        "LONDON, July {} (Reuters) - ", "By Ada Lindqvist", "Bridge “{}” is open",
        "The harbour bridge number {} was opened on Monday after two winters of repairs to its piers.\n\n"
        "The first cars crossed number {} at dawn — behind a brass band.",
    ),
    Tongue(
        "ru", ("utf-8", "windows-1251", "koi8-r"), "TASS", "МОСКВА", "Анна Липатова",
        "МОСКВА, {} июля. /ТАСС/. ", "", "Мост номер {} открыт",
        "Мост номер {} открылся в понедельник утром после долгого ремонта, сообщили в мэрии города.\n\n"
        "Первые машины проехали по мосту {} на рассвете под звуки оркестра.",
    ),
    Tongue(
        "ja", ("utf-8", "shift_jis"), "Kyodo", "ロンドン", "佐藤花子",
        "【ロンドン共同】", "", "第{}橋が開通した",
        "港の第{}橋が二度の冬にわたる修理を終えて月曜日の朝に開通したと市役所が発表した。\n\n"
        "最初の車は夜明けに楽隊の後ろから第{}橋を渡り、多くの市民が見守った。",
    ),
    Tongue(
        "de", ("utf-8", "iso-8859-1", "utf-16"), "dpa", "Berlin", "Eva Beispiel",
        "Berlin (dpa) - ", "Von Eva Beispiel", "Brücke {} wieder geöffnet",
        "Die Hafenbrücke Nummer {} ist am Montag nach zwei Wintern Ausbesserung wieder für Autos geöffnet worden.\n\n"
        "Die ersten Wagen überquerten Nummer {} im Morgengrauen, hinter einer Blaskapelle.",
    ),
    Tongue(
        "zh", ("utf-8", "gb18030"), "Xinhua", "北京", "王芳",
        "新华社北京7月{}日电 ", "", "第{}号大桥通车",
        "港口第{}号大桥经过两个冬天的维修，星期一早晨重新通车，市政府发言人在记者会上宣布。\n\n"
        "第一批汽车在黎明时分跟随乐队驶过第{}号大桥，许多市民前来观看。",
    ),
    Tongue(
        "ko", ("utf-8", "euc-kr"), "Yonhap", "서울", "김민수",
        "(서울=연합뉴스) ", "", "제{}호 다리 개통",
        "항구의 제{}호 다리가 두 번의 겨울 동안 수리를 마치고 월요일 아침에 다시 개통됐다고 시청이 발표했다.\n\n"
        "첫 번째 차들은 새벽에 악대를 따라 제{}호 다리를 건넜고 많은 시민이 지켜보았다.",
    ),
)  # fmt: skip
