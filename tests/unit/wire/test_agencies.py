import pytest

from worker.wire.agencies import agency_name, is_agency, is_same_agency


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("AP", "AP"),
        ("The Associated Press", "AP"),
        ("associated press", "AP"),
        ("A.P.", "AP"),
        (" AP\u00a0News ", "AP"),
        ("Associated Press (AP)", "AP"),
        ("(AP)", "AP"),
        ("Thomson Reuters", "Reuters"),
        ("REUTERS", "Reuters"),
        ("Agence France-Presse", "AFP"),
        ("Agence  France Presse", "AFP"),
        ("Deutsche Presse-Agentur", "dpa"),
        ("dpa/bb", "dpa"),
        ("dpa-AFX", "dpa-AFX"),
        ("Agencia EFE", "EFE"),
        ("Press Trust of India (PTI)", "PTI"),
        ("Asian News International", "ANI"),
        ("/TASS/", "TASS"),
        ("ITAR-TASS", "TASS"),
        ("Ria-Novosti", "RIA Novosti"),
        ("Interfax-Ukraine", "Interfax-Ukraine"),
        ("Xinhuanet", "Xinhua"),
        ("新华社", "Xinhua"),
        ("共同", "Kyodo"),
        ("연합뉴스", "Yonhap"),
        ("د.ب.أ", "dpa"),
        ("أ ف ب", "AFP"),
        ("PA Media", "PA"),
        ("Australian Associated Press", "AAP"),
        ("La Presse Canadienne", "CP"),
        ("CTK", "ČTK"),
        ("Anadolu Agency", "Anadolu"),
        ("RFE/RL", "RFE/RL"),
        ("ats", "Keystone-SDA"),
    ],
)
def test_an_agency_has_one_name_whatever_is_written_for_it(written: str, name: str) -> None:
    assert agency_name(written) == name


@pytest.mark.parametrize("written", ["HNA", "Skarholm News Agency", "H.N.A.", "Skarholm News (Oslo)", "", "()", "."])
def test_one_that_nobody_knows_stays_as_it_is_written(written: str) -> None:
    assert agency_name(written) == written


def test_white_space_in_a_name_is_folded() -> None:
    assert agency_name(" Skarholm\n  News ") == "Skarholm News"


@pytest.mark.parametrize("name", ["AP", "ap", "Associated Press", "A.P.", "dpa/bb", "RFE/RL", "د.ب.أ", "Lusa/Fim"])
def test_known_agencies_are_known(name: str) -> None:
    assert is_agency(name)


@pytest.mark.parametrize("name", ["", ".", "S.p.A.", "P.A.", "NATO", "the alliance", "AP said"])
def test_what_only_looks_like_one_is_none(name: str) -> None:
    assert not is_agency(name)


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("AP", "The Associated Press", True),
        ("HNA", "hna", True),
        ("AP", "AFP", False),
        ("dpa", "dpa-AFX", False),
        ("PA", "AP", False),
    ],
)
def test_two_names_may_be_of_one_agency(one: str, other: str, *, are_same: bool) -> None:
    assert is_same_agency(one, other) is are_same


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("www.itar-tass.com", "TASS"),
        ("ntb.no", "NTB"),
        ("reuters.com", "Reuters"),
        ("GlobeNewswire, Inc.", "GlobeNewswire"),
        ("Deutsche Presse-Agentur GmbH", "dpa"),
        ("skarholm.example", "skarholm.example"),
        ("Skarholm Ferries GmbH", "Skarholm Ferries GmbH"),
    ],
)
def test_an_agencys_site_and_its_company_are_the_agency(written: str, name: str) -> None:
    assert agency_name(written) == name
