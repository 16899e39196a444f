import pytest

from worker.fetch.mailbox_session import quote_folder


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", '"INBOX"'),
        ('A "quoted" \\ one', '"A \\"quoted\\" \\\\ one"'),
        ("Täglich & 台北", '"T&AOQ-glich &- &U,BTFw-"'),
        ("Entwürfe/日本語", '"Entw&APw-rfe/&ZeVnLIqe-"'),
    ],
)
def test_a_folder_is_named_in_modified_utf7(name: str, written: str) -> None:
    assert quote_folder(name) == written
