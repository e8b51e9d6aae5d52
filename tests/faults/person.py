"""Someone with an account, who asks through any of the web processes."""

import re
import uuid
from typing import Any

import aiohttp
from yarl import URL

from tests.faults.columns import Column
from tests.faults.services import Service

NAME, PASSWORD = "alice", "correct horse battery"
FORM = re.compile(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"')


class Person:
    def __init__(self) -> None:
        self.session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(total=120)
        )

    async def enter(self, column: Column) -> None:
        """As signed in before; the first time through the set-up link that the first start prints."""
        web, jar = column.webs[0], self.session.cookie_jar
        if not column.cookies:
            # Each process that starts while there is no account makes a new link, which is then the one.
            web = column.webs[-1]
            link = re.search(r"http://\S+(/setup/\S+/)", web.output)
            assert link, web.output
            names = {"username": NAME, "password1": PASSWORD, "password2": PASSWORD}
            await self.submit(web, link[1], link[1], **names)
            column.cookies = {cookie.key: cookie.value for cookie in jar}
        jar.update_cookies(column.cookies, URL(web.url))

    async def sign_out(self, column: Column) -> None:
        await self.submit(column.webs[0], "/accounts/logout/", "/accounts/logout/")

    async def sign_in(self, column: Column) -> None:
        page = "/accounts/login/"
        await self.submit(column.webs[0], page, page, login=NAME, password=PASSWORD)
        column.cookies = {cookie.key: cookie.value for cookie in self.session.cookie_jar}

    async def submit(self, web: Service, page: str, address: str, **fields: str) -> str:
        """Fills in the form on `page`; returns where that leads."""
        async with self.session.get(web.url + page) as response:
            token = FORM.search(await response.text())
            assert token, f"{page} has no form ({response.status})"
        headers = {"Referer": web.url + page, "Origin": web.url}
        data = {"csrfmiddlewaretoken": token[1], **fields}
        async with self.session.post(
            web.url + address, data=data, headers=headers, allow_redirects=False
        ) as response:
            assert response.status in (302, 303), f"{address}: {response.status}"
            return response.headers["Location"]

    async def begin(self, web: Service, model: str) -> str:
        """Starts a conversation; its id."""
        fields = {"message": "How are you?", "model": model, "client_id": str(uuid.uuid4())}
        location = await self.submit(web, "/", "/conversations/", **fields)
        return location.rstrip("/").rpartition("/")[2]

    async def export(self, web: Service, conversation: str) -> Any:
        async with self.session.get(f"{web.url}/conversations/{conversation}/export.json") as response:
            assert response.status == 200, response.status
            return await response.json()

    async def page(self, web: Service, conversation: str) -> str:
        async with self.session.get(f"{web.url}/conversations/{conversation}/") as response:
            return await response.text()

    async def close(self) -> None:
        await self.session.close()
