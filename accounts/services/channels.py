"""Ways to reach a person. A channel is given one message at a time and keeps nothing of it.

Which ones there are, and in which order they are tried, says MESSAGE_CHANNELS: `folder`, `sms`,
`voice`, `mail`, or `package.module.function` that makes one.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

from accounts.domain.messages import Receipt
from accounts.services.gateway import Gateway

SUBJECT = "评标专家管理系统通知"


class Message(NamedTuple):
    """One message on its way. `key` is the same at every attempt by the same channel.

    `spoken` is what is said where a link cannot be read out, "" for what cannot be said without it;
    `person` is what the vault keeps of him, decrypted for this moment.
    """

    number: int
    key: str
    text: str
    spoken: str
    person: Mapping[str, Any]


class ChannelRefused(Exception):
    """The channel will never take this message: wrong number, no address."""


class Channel(Protocol):
    """A way to reach a person."""

    def send(self, message: Message) -> None:
        """Hand the message over for good; raise ChannelRefused, or OSError: try again later."""

    def delivery(self, key: str) -> Receipt:
        """What became of it; an empty receipt where nothing is known (yet)."""


Channels = Mapping[str, Channel]
"""Name → channel, in the order in which they are tried."""


class Folder:
    """Messages as text files (0600), the number in the first line, for a gateway to take."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message: Message) -> None:
        """Write `<number>.txt`; one of that name is written again."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self.path / f"{message.number:08d}.txt"
        with open(target, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(f"{message.person['phone']}\n\n{message.text}\n")

    def delivery(self, key: str) -> Receipt:
        """A folder knows of no delivery."""
        return Receipt()


class Mail:
    """E-mail by Django's backend (EMAIL_HOST and its neighbours)."""

    def send(self, message: Message) -> None:
        """Send to the address in the vault; raise ChannelRefused where there is none."""
        if not (address := message.person.get("email")):
            raise ChannelRefused("no address")
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
        headers = {"Message-ID": f"<{message.key}@{domain}>"}
        try:
            EmailMessage(SUBJECT, message.text, to=[address], headers=headers).send()
        except SMTPRecipientsRefused as error:
            raise ChannelRefused("no such address") from error

    def delivery(self, key: str) -> Receipt:
        """Mail comes back as mail, which nobody reads here."""
        return Receipt()


class Phone:
    """A gateway for text messages (`sms`) or calls (`voice`), by HTTP."""

    def __init__(self, kind: str, url: str) -> None:
        self.kind = kind
        self.gateway = Gateway(kind, url)

    def send(self, message: Message) -> None:
        """Post the message; what the gateway does not take or cannot say: ChannelRefused."""
        text = message.spoken if self.kind == "voice" else message.text
        if not text:
            raise ChannelRefused("not to be said")
        content = {"kind": self.kind, "to": message.person["phone"], "text": text}
        if not self.gateway.post(message.key, content):
            raise ChannelRefused("refused by the gateway")

    def delivery(self, key: str) -> Receipt:
        """Ask the gateway; raise OSError where it does not answer."""
        return self.gateway.status(key)


_MAKERS: dict[str, Callable[[], Channel]] = {
    "folder": lambda: Folder(settings.DATA_DIR / "outbox"),
    "sms": lambda: Phone("sms", settings.SMS_URL),
    "voice": lambda: Phone("voice", settings.VOICE_URL),
    "mail": Mail,
}


def configured() -> Channels:
    """The channels of this installation; raise ImproperlyConfigured for a name without one."""
    found: dict[str, Channel] = {}
    for name in settings.MESSAGE_CHANNELS:
        if "." not in name and name not in _MAKERS:
            raise ImproperlyConfigured(f"MESSAGE_CHANNELS: {name} is no channel")
        maker: Callable[[], Channel] = _MAKERS.get(name) or import_string(name)
        found[name] = maker()
    return found
