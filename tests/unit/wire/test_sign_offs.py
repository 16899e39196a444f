import pytest

from worker.wire.sign_offs import read_sign_offs


@pytest.mark.parametrize(
    ("end", "agency"),
    [
        (" (Reuters)", "Reuters"), (" /TASS/", "TASS"), (" (ANSA).", "ANSA"), ("\n--Kyodo", "Kyodo"),
        ("\n==Kyodo", "Kyodo"), (" EFE", "EFE"), ("\nLusa/Fim", "Lusa"), ("\n(ANI)", None), (" (PTI)", None),
        ("（共同）", "共同"), ("\n—30—", None), ("\n-30-", None), ("\n###", None), ("\nENDS", None), (" ENDS", None),
        ("\n(END)", None), ("\n-0-", None), ("\nNNNN", None), (" Enditem", None), ("\n(MORE)", None),
        (" (MORE)", None), ("\nMORE", None), ("\n-more-", None), (" (segue)", None), ("（完）", None), ("\n(끝)", None),
        ("\n___", None), ("\n* * *", None), ("\njdo/jr", None), ("\njdo-jr/am", None), ("\njdo/ jr/", None),
        ("\nJDO // JR", None), ("\ndpa jdo yyon n1", None), (" PTI JDO JR", "PTI"), ("\nPTI JDO JR", "PTI"),
        ("\n312 words", None), ("\nWord count: 312", None), ("\n(312 words)", None),
        ("\nAP-WF-07-10-26 1830GMT<", None), ("\nCopyright 2026 The Associated Press. All rights reserved.", None),
        ("\n(c) 2026 AFP", None), ("\n© Agence France-Presse", None), ("\nAll rights reserved.", None),
        ("\n((ada@example.com; +47 00 00 00 00))", None), ("\nada.lindqvist@example.com", None),
        ("\nOur Standards: The Example Trust Principles.", None),
        ("\n(^Our Standards: The Example Trust Principles.)", None), ("\nKeywords: FERRY SKARHOLM/", None),
        ("\n(Reporting by Ada Lindqvist; Editing by Sam Oar)\n((x@example.com))\nOur Standards: x", "Reuters"),
        (" (Reporting by Ada Lindqvist; Editing by Sam Oar)", "Reuters"), ("\nENDS\n\n###\n(ANI)\n312 words", None),
    ],
)  # fmt: skip
def test_what_closes_a_dispatch_is_no_text(end: str, agency: str | None) -> None:
    paragraphs = [paragraph for paragraph in f"It rained.{end}".split("\n") if paragraph]
    assert read_sign_offs(paragraphs, agency).paragraphs == ("It rained.",)


@pytest.mark.parametrize(
    "last",
    [
        "It rained (and snowed)",
        "He spoke for the Transport and General Workers' Union (TGWU)",
        "ALL GOOD THINGS COME TO AN END",
        "It rained and/or snowed",
        "Rain fell - mostly",
        "She wanted MORE",
        "He wrote for EFE",
        "It said so 312 times",
        "Copyright law has changed.",
        "Copyrighted songs were played.",
        "Write to ada@example.com for more.",
        "Reporting by bicycle is slow.",
        "He is 30-",
        "The score was 3-0-",
        "Yours, the editor",
        "apa",
        "dpa is an agency",
        "Our Standards are high.",
        "Sam Oar edited this report.",
        "Category 5 storms are rare.",
        "Slugs eat at night.",
    ],
)
def test_what_only_ends_like_one_is_text(last: str) -> None:
    assert read_sign_offs(["It rained.", last], "Reuters").paragraphs == ("It rained.", last)


def test_who_reported_is_an_author() -> None:
    signed = read_sign_offs(["Rain.", "(Reporting by Ada Lindqvist)", "(Writing by Ann Poe; Editing by Sam Oar)"], None)
    assert signed.authors == ("Ada Lindqvist", "Ann Poe")


@pytest.mark.parametrize(("end", "agency"), [("(ANI)", "ANI"), ("/TASS/", "TASS"), ("(ABC)", None)])
def test_an_agency_that_signs_only_at_the_end_filed_it(end: str, agency: str | None) -> None:
    assert read_sign_offs([f"It rained. {end}"], None).agency == agency


def test_the_agency_of_the_dateline_goes_before_the_one_that_signs() -> None:
    assert read_sign_offs(["It rained. (ANI)"], "Reuters").agency == "Reuters"


@pytest.mark.parametrize(
    "below",
    [
        "Notes to editors", "Media contact: Jon Vik", "Press office", "Contact: Jon Vik", "For media enquiries, write.",
        "For further information", "About Skarholm Ferries", "About the Skarholm Trust:", "ABOUT SKARHOLM, INC.",
        "About Skarholm Nails, Inc.", "About Skarholm: it makes nails.", "About Skarholm Skarholm makes nails.",
        "Über Skarholm", "Weitere Informationen: Jon Vik",
    ],
)  # fmt: skip
def test_behind_its_end_a_press_release_has_nothing_for_readers(below: str) -> None:
    assert read_sign_offs(["It rained.", "ENDS", below, "More of it."], None).paragraphs == ("It rained.",)


@pytest.mark.parametrize(
    "below",
    [
        "About forty people waited.", "About Skarholm, little was said by ministers.", "Über Skarholm zog ein Sturm.",
        "For more than ten years information was scarce.", "Press office staff went on strike.", "Contact was lost.",
        "Sobre la mesa hay tres propuestas.",
    ],
)  # fmt: skip
def test_a_sentence_behind_an_end_is_text_and_so_is_the_mark(below: str) -> None:
    paragraphs = ("It rained.", "###", below, "More of it.")
    assert read_sign_offs(paragraphs, None).paragraphs == paragraphs
