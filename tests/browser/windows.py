"""Browser windows that one test after another uses.

A new one costs a process, and asks for and compiles every module again: more than most tests do with it. So a
window is emptied between tests. What nobody can take back, like a stopped clock, spends it: no other gets it.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

SPEND_A_PAGE = (
    "add_init_script", "add_locator_handler", "expose_binding", "expose_function", "on", "once", "route",
    "route_from_har", "route_web_socket", "set_default_timeout", "set_extra_http_headers",
)  # fmt: skip
SPEND_A_WINDOW = (
    "add_init_script", "close", "expose_binding", "expose_function", "grant_permissions", "new_cdp_session",
    "on", "once", "route", "route_from_har", "route_web_socket", "set_extra_http_headers", "set_geolocation",
    "set_offline",
)  # fmt: skip
SPEND_A_CLOCK = (
    "fast_forward",
    "install",
    "pause_at",
    "resume",
    "run_for",
    "set_fixed_time",
    "set_system_time",
)
# A page that is left between tests saves, sends and asks nothing any more.
SILENT = """() => {
  for (const event of ["beforeunload", "pagehide", "unload", "visibilitychange"])
    addEventListener(event, (it) => it.stopImmediatePropagation(), true);
}"""
EMPTY = "() => { localStorage.clear(); sessionStorage.clear(); }"
NO_MEDIA: Any = dict.fromkeys(
    ("media", "color_scheme", "reduced_motion", "forced_colors", "contrast"), "null"
)


class Window:
    """A context whose first page lasts; while nobody uses it, on `rest`: ours, and without scripts."""

    def __init__(self, context: BrowserContext, options: dict[str, Any], rest: str) -> None:
        self.context, self.options, self._rest = context, options, rest
        self.is_open = self.is_spent = False
        self._make_page = context.new_page
        self._has_scripts = options.get("java_script_enabled", True)
        self._put_first_page()
        self._size = self._page.viewport_size
        heed(context, SPEND_A_WINDOW, self._spend)
        heed(context.clock, SPEND_A_CLOCK, self._spend)
        replace(context, "new_page", self._next_page)

    def _put_first_page(self) -> None:
        self._page = self._make_page()
        self._page_is_spent = self._page_is_out = self._has_media = False
        self._page.goto(self._rest)
        heed(self._page, SPEND_A_PAGE, self._spend_page)
        heed(self._page, ["emulate_media"], self._see_media)

    def _spend(self) -> None:
        self.is_spent = True

    def _spend_page(self) -> None:
        self._page_is_spent = True

    def _see_media(self) -> None:
        self._has_media = True

    def _next_page(self) -> Page:
        if self._page_is_out:
            return self._make_page()
        self._page_is_out = True
        return self._page

    def open(self) -> BrowserContext:
        self.is_open = True
        return self.context

    def leave(self) -> None:
        """Empties it, or closes it if it is spent."""
        try:
            if not self.is_spent:
                self._tidy()
        except Error:  # just then it went elsewhere, or broke
            self.is_spent = True
        self.is_open = False
        if self.is_spent:
            self.context.close()

    def _tidy(self) -> None:
        for page in self.context.pages:
            if page != self._page:
                page.close()
        if self._page_is_spent or self._page.is_closed():
            self._page.close()
            self._put_first_page()
        else:
            self._tidy_page()
        if self._has_scripts:
            self._page.evaluate(EMPTY)
        # Last: an answer that is under way brings some.
        self.context.clear_cookies()
        self._page_is_out = False

    def _tidy_page(self) -> None:
        if self._has_scripts:
            self._page.evaluate(SILENT)
        self._page.goto(self._rest)
        self._page.mouse.move(-1, -1)
        if self._size and self._page.viewport_size != self._size:
            self._page.set_viewport_size(self._size)
        if self._has_media:
            self._page.emulate_media(**NO_MEDIA)
            self._has_media = False


class Windows:
    """Of one process: each with the options that some test asked for."""

    def __init__(self, browser: Browser, origin: str, rest: str, patience: float) -> None:
        self._browser, self._origin, self._rest, self._patience = browser, origin, rest, patience
        self._all: list[Window] = []

    def open(self, watch: Callable[[BrowserContext], object], options: dict[str, Any]) -> BrowserContext:
        """`watch` is told of a context when it is made."""
        for window in self._all:
            if not window.is_open and window.options == options:
                return window.open()
        context = self._browser.new_context(base_url=self._origin, **options)
        context.set_default_timeout(self._patience)
        watch(context)
        self._all.append(window := Window(context, options, self._rest))
        return window.open()

    def leave(self) -> None:
        for window in self._all:
            if window.is_open:
                window.leave()
        self._all = [window for window in self._all if not window.is_spent]


def heed(thing: Any, names: Iterable[str], note: Callable[[], None]) -> None:
    """Each call of these methods is noted first."""
    for name in names:
        replace(thing, name, noted(getattr(thing, name), note))


def noted(method: Callable[..., Any], note: Callable[[], None]) -> Callable[..., Any]:
    @wraps(method)
    def call(*arguments: Any, **options: Any) -> Any:
        note()
        return method(*arguments, **options)

    return call


def replace(thing: Any, name: str, method: Callable[..., Any]) -> None:
    setattr(thing, name, method)
