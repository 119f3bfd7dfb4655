"""CSV downloads: no cell is a formula, for they are opened in spreadsheets."""

from __future__ import annotations

from collections.abc import Callable

from pluggy import HookimplMarker

from desk.asgi import App, Message, Receive, Send
from desk.formulas import HarmlessCsv

hookimpl = HookimplMarker("datasette")


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    """Rewrite every CSV response, streamed ones as they come."""

    def wrap(app: App) -> App:
        async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not scope["path"].endswith(".csv"):
                await app(scope, receive, send)
                return
            rewriter: HarmlessCsv | None = None

            async def send_harmless(message: Message) -> None:
                nonlocal rewriter
                if message["type"] == "http.response.start" and _is_text(message):
                    rewriter = HarmlessCsv()
                    headers = [pair for pair in message["headers"] if pair[0] != b"content-length"]
                    message = {**message, "headers": headers}
                elif rewriter and message["type"] == "http.response.body":
                    last = not message.get("more_body", False)
                    body = rewriter.feed(message.get("body", b""), last=last)
                    message = {**message, "body": body}
                await send(message)

            await app(scope, receive, send_harmless)

        return wrapped

    return wrap


def _is_text(message: Message) -> bool:
    """Whether an answer is CSV: Datasette calls it plain text unless it is a download."""
    kind: bytes = dict(message["headers"]).get(b"content-type", b"")
    return kind.startswith((b"text/plain", b"text/csv"))
