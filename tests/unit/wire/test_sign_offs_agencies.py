import pytest

from worker.wire.sign_offs import read_sign_offs

TEXT = "The ferry sails again."


@pytest.mark.parametrize(
    ("agency", "end"),
    [
        ("EFE", "EFE jp/mds"),
        ("EFE", "(foto) (vídeo)"),
        ("IANS", "--IANS ad/mx"),
        ("UNI", "UNI XC-SSD 1845"),
        ("BSS", "BSS/AB/CD/1530hrs"),
        ("APP", "APP/ad-mx"),
        ("AAP", "AAP ab/cd"),
        ("Hina", "(Hina) xabc yd"),
        ("MTI", "- MTI -"),
        ("UN News", "UN News"),
        ("KUNA", "abc.xyz"),
        ("Interfax", "ab cd"),
        ("APA", "(Schluss) abc/xyz"),
        ("Xinhua", "Enditem/AB"),
        ("ANSA", "ABC-XYZ/DE"),
        ("Askanews", "Abc/Def 20260710T153000Z"),
        ("Lusa", "ABC (DEF) // XY."),
        ("SPA", "15:30 LOCAL TIME 12:30 GMT 0012"),
        ("Dow Jones", "DJG/sha (END) Dow Jones Newswires July 10, 2026 11:10 ET (15:10 GMT)"),
        (None, "ENDS/JD/10 July"),
        (None, "NNNN MH/AB"),
        (None, "*** END ***"),
        (None, "Ends."),
        (None, "(To be continued)"),
        (None, "(With agency inputs)"),
        (None, "(Inputs from ANI)"),
        (None, "(This story has not been edited by our staff and is auto-generated from a syndicated feed.)"),
        (None, "Words: 312"),
        (None, "【编辑:张三】"),
    ],
)
def test_a_paragraph_that_only_signs_off_is_no_text(agency: str | None, end: str) -> None:
    assert read_sign_offs([TEXT, end], agency).paragraphs == (TEXT,)


@pytest.mark.parametrize(
    ("agency", "end"),
    [
        ("EFE", " EFE"),
        ("EFE", " EFE jp/mds"),
        ("KUNA", " (end) abc.xy"),
        ("NAN", " (NAN)(www.example.org)"),
        ("VNA", "/."),
        ("Xinhua", " ■"),
        ("UNI", " UNI AB CD 1234"),
        (None, " (Ends)"),
    ],
)
def test_the_end_of_the_last_paragraph_may_sign_off(agency: str | None, end: str) -> None:
    assert read_sign_offs([TEXT + end], agency).paragraphs == (TEXT,)


@pytest.mark.parametrize(
    ("agency", "end", "authors"),
    [
        ("WAM", "WAM/Ada Lindqvist/Max Muster", ("Ada Lindqvist", "Max Muster")),
        ("CNA", "(By Ada Lindqvist and Max Muster)", ("Ada Lindqvist", "Max Muster")),
        ("AA", "Muhabir: Ada Lindqvist", ("Ada Lindqvist",)),
        ("AA", "* Writing by Ada Lindqvist", ("Ada Lindqvist",)),
        ("Antara", "Pewarta: Ada Lindqvist Editor: Max Muster COPYRIGHT © ANTARA 2026", ("Ada Lindqvist",)),
        ("CP", "Ada Lindqvist, The Canadian Press", ("Ada Lindqvist",)),
        ("NAN", "Edited by Ada Lindqvist", ()),
    ],
)
def test_who_signed_is_the_author_and_who_edited_is_not(agency: str, end: str, authors: tuple[str, ...]) -> None:
    signed = read_sign_offs([TEXT, end], agency)
    assert (signed.paragraphs, signed.authors) == ((TEXT,), authors)


@pytest.mark.parametrize(
    "end",
    [
        "the end",
        "ab cd",
        "Reporter: What will you do now?",
        "Translated by Ada Lindqvist",
        "With inputs of all kinds it is hard to decide.",
        "This story has not been told before.",
        "By Ada Lindqvist",
        "Words: many",
        "EFE is an agency",
        "It said so (again)",
    ],
)
def test_a_last_paragraph_of_another_kind_is_text(end: str) -> None:
    assert read_sign_offs([TEXT, end], "EFE").paragraphs == (TEXT, end)
