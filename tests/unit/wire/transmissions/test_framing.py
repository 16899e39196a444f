import pytest

from worker.wire.transmissions.framing import Transmission, split_transmissions

HEADER = "SNA0042 3 POL 12"


def _texts(text: str) -> list[str]:
    return [each.text.strip() for each in split_transmissions(text)]


def test_a_transmission_is_parted_into_header_text_and_trailer() -> None:
    (sent,) = split_transmissions(f"\x16\x16\x01{HEADER}\r\n\x02Rain.\r\n\x03101015 jul 26\r\n\x04\r\n")
    assert sent == Transmission(HEADER, "Rain.\n", "101015 jul 26\n")


def test_an_unknown_header_is_no_text_either() -> None:
    (sent,) = split_transmissions("\x01zczc qw\n\x02Rain.\x03bust it\x04")
    assert (sent.header, sent.text, sent.trailer) == ("zczc qw", "Rain.", "bust it")


def test_signs_that_part_something_else_part_lines() -> None:
    (sent,) = split_transmissions("\x02Rain.\x03Snow.")
    assert (sent.text.strip(), sent.is_framed) == ("Rain.\nSnow.", False)


def test_a_text_without_marks_stays_as_it_is() -> None:
    assert split_transmissions("Rain.\n\nSnow.") == [Transmission("", "Rain.\n\nSnow.", is_framed=False)]


@pytest.mark.parametrize(
    "lost",
    [
        "\x01{0}\n\x02{1}\n\x03{2}\n\x01{0}\n\x02{1}\n\x03{2}\n",
        "{0}\n\x02{1}\n\x03{2}\n\x04{0}\n\x02{1}\n\x03{2}\n\x04",
        "\x01{0}\n{1}\n{2}\n\x01{0}\n{1}\n{2}\n",
        "{0}\n{1}\n\n{2}\n\n{0}\n{1}\n\n{2}\n",
        "{0}\n\x02{1}\n\x03{2}\n{0}\n\x02{1}\n\x03{2}\n",
        "␁{0}\n␂{1}\n␃{2}\n␄␁{0}\n␂{1}\n␃{2}\n␄",
        "[SYN][SOH]{0}\n[STX]{1}\n[ETX]{2}\n[EOT][SOH]{0}\n[STX]{1}\n[ETX]{2}\n[EOT]",
        "\\x16\\x01{0}\n\\x02{1}\n\\x03{2}\n\\x04\\x01{0}\n\\x02{1}\n\\x03{2}\n\\x04",
        "ZCZC\n{0}\n{1}\n{2}\nNNNN\nZCZC\n{0}\n{1}\n{2}\nNNNN\n",
    ],
)
def test_two_are_parted_whatever_became_of_their_control_characters(lost: str) -> None:
    sent = split_transmissions(lost.format(HEADER, "Rain.", "101015 jul 26"))
    assert [(each.header, each.text.strip()) for each in sent] == [(HEADER, "Rain.")] * 2
    assert all(each.trailer.strip().startswith("101015 jul 26") for each in sent)


def test_a_header_in_the_midst_of_a_text_begins_nothing() -> None:
    (sent,) = split_transmissions(f"The desk wrote:\n{HEADER}\nThat was all.")
    assert not sent.is_framed


def test_what_idles_between_transmissions_is_none() -> None:
    assert _texts(f"\x16\x16\x00\n\x01{HEADER}\n\x02Rain.\x03\x04\n\x00\x07\x16\x16\n") == ["Rain."]


def test_each_nnnn_ends_one() -> None:
    assert _texts("ZCZC AAA001\nRain.\nNNNN\nZCZC AAA002\nSnow.\nNNNN\n") == ["Rain.", "Snow."]


def test_a_word_that_begins_like_nnnn_ends_none() -> None:
    assert _texts("Rain.\nNNNNNN\nSnow.") == ["Rain.\nNNNNNN\nSnow."]


@pytest.mark.parametrize("broken", ["1010x5 jul 26", "", "10\x031015 jul 26"])
def test_a_broken_trailer_costs_the_next_one_nothing(broken: str) -> None:
    message = f"{HEADER}\nRain.\n\n101015 jul 26\n\n"
    sent = split_transmissions(f"{message}{HEADER}\nSnow.\n\n{broken}\n\n{message}")
    assert [each.header for each in sent] == [HEADER] * 3
    assert sent[2].text.strip() == "Rain."


def test_a_short_dispatch_behind_nnnn_is_one_too() -> None:
    assert _texts("The rain has stopped at last.\nNNNN\nThe snow has fallen at last.\nNNNN\n") == [
        "The rain has stopped at last.",
        "The snow has fallen at last.",
    ]
