import pytest

from worker.wire.transmissions.control_signs import drop_idle, restore_controls


@pytest.mark.parametrize("shown", ["␖␁A␂B␃C␄", "<SYN><SOH>A<STX>B<ETX>C<EOT>", r"\x16\x01A\x02B\x03C\x04"])
def test_control_characters_are_restored_whatever_they_were_shown_as(shown: str) -> None:
    assert restore_controls(shown) == "\x16\x01A\x02B\x03C\x04"


@pytest.mark.parametrize("text", ["", "The byte \\x01 is SOH.", "<STX>A<ETX>", "[EOT]", "␀␂", "[SOHO] <SOHO>"])
def test_a_text_that_only_speaks_of_them_stays_as_it_is(text: str) -> None:
    assert restore_controls(text) == text


def test_what_idles_around_a_text_is_dropped() -> None:
    assert drop_idle("\x00\x16\r\n A\x00B \x07\n") == "A\x00B"
