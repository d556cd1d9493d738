"""A clerk at the browser: signs in as anyone of the cast and does acts by filling their pages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

VIEW = {"width": 1366, "height": 768}
Typed = Mapping[str, str]


@dataclass
class Office:
    """The site with everyone who works at it; one browser context per person."""

    browser: Browser
    base: str
    passwords: Mapping[str, str]
    photos: Path
    rooms: dict[str, BrowserContext] = field(default_factory=dict)
    shots: int = 0

    def page(self, who: str) -> Page:
        """The person's page, signed in; experts come in through `expert`."""
        if who not in self.rooms:
            room = self.browser.new_context(viewport=VIEW, locale="zh-CN")
            page = room.new_page()
            page.goto(f"{self.base}/login/")
            page.fill("[name=code]", who)
            page.fill("[name=password]", self.passwords[who])
            page.click("main form button")
            page.wait_for_url(f"{self.base}/")
            self.rooms[who] = room
        return self.rooms[who].pages[0]

    def act(self, who: str, thing: str, slug: str, typed: Typed | None = None) -> str:
        """Fill an act's form, confirm, and return the receipt's address."""
        page = self.page(who)
        page.goto(f"{self.base}/{thing}/{slug}/")
        if page.locator("form.fields").count():
            fill(page, typed or {})
            self.photograph(page, f"{slug}-form")
            page.click("form.fields button.primary")
        self.photograph(page, f"{slug}-confirm")
        assert page.locator("button[value=do]").count() == 1, refusal(page)
        page.click("button[value=do]")
        assert "/receipt/" in page.url, refusal(page)
        self.photograph(page, f"{slug}-receipt")
        return page.url

    def expert(self, token: str, answer: str = "accepted") -> None:
        """A drawn expert follows the link of his message and answers."""
        page = self.browser.new_context(viewport=VIEW, locale="zh-CN").new_page()
        page.goto(f"{self.base}/i/{token}/")
        self.photograph(page, "invitation")
        page.click(f"button[value={answer}]")
        assert "已答复" in page.inner_text("main"), refusal(page)
        page.context.close()

    def sign_in(self, token: str, room: str) -> str:
        """An expert signs in at the place; return the name under which he acts from now on.

        Empty where he was struck for a recusal after he had accepted.
        """
        page = self.browser.new_context(viewport=VIEW, locale="zh-CN").new_page()
        page.goto(f"{self.base}/sign-in/")
        page.fill("[name=token]", token)
        page.fill("[name=room]", room)
        page.click("main form button")
        if "回避" in page.inner_text("main") and page.url.endswith("/sign-in/"):
            page.context.close()
            return ""
        assert page.url == f"{self.base}/my/", refusal(page)
        who = f"expert-{len(self.rooms)}"
        self.rooms[who] = page.context
        return who

    def jump(self) -> None:
        """跳到下一期限."""
        page = self.page("jyzx1")
        page.goto(self.base)
        page.click("form[action='/demo/jump/'] button")

    def photograph(self, page: Page, name: str) -> None:
        self.shots += 1
        page.screenshot(path=self.photos / f"{self.shots:03d}-{name}.png", full_page=True)


def fill(page: Page, typed: Typed) -> None:
    """Fill fields by name: choices, radio buttons, check boxes and text alike."""
    for name, value in typed.items():
        control = page.locator(f"form.fields [name='{name}']:not([type=hidden])")
        kind = control.first.evaluate("e => e.type || e.tagName.toLowerCase()")
        if kind in ("radio", "checkbox"):
            for one in value.split("\n"):
                page.check(f"form.fields [name='{name}'][value='{one}']")
        elif kind.startswith("select"):
            page.select_option(f"form.fields [name='{name}']", value)
        else:
            control.first.fill(value)


def refusal(page: Page) -> str:
    """What the page says where an act did not go through."""
    return re.sub(r"\s+", " ", page.inner_text("main"))[:600]
