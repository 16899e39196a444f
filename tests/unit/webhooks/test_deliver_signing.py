import base64
from datetime import UTC, datetime

from worker.webhooks.deliver import show_secret, sign_message, signing_key

SECRET = "0123456789abcdef0123456789abcdef"


def test_the_signature_is_that_of_the_specifications_own_example() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    message = sign_message(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert message.headers[1:] == (
        "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp: 1614265330",
        "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    )


def test_two_webhooks_have_two_keys() -> None:
    assert signing_key(SECRET, "one") != signing_key(SECRET, "other")


def test_a_key_is_made_again_from_the_same_secret_and_salt() -> None:
    assert signing_key(SECRET, "one") == signing_key(SECRET, "one")


def test_a_key_is_shown_as_receivers_read_it() -> None:
    key = signing_key(SECRET, "one")
    shown = show_secret(key)
    assert shown.startswith("whsec_")
    assert base64.b64decode(shown.removeprefix("whsec_")) == key
    assert len(key) == 32
