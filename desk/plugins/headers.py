"""Response headers: nothing is loaded from elsewhere, and no address of the desk leaks out."""

from __future__ import annotations

from collections.abc import Callable

from pluggy import HookimplMarker

from desk.asgi import App, Message, Receive, Send

hookimpl = HookimplMarker("datasette")

# Datasette's own pages use inline scripts and styles.
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    """Set HEADERS on every response."""

    def wrap(app: App) -> App:
        async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
            async def send_with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    kept = [pair for pair in message["headers"] if pair[0].lower() not in HEADERS]
                    message = {**message, "headers": [*kept, *HEADERS.items()]}
                await send(message)

            await app(scope, receive, send_with_headers)

        return wrapped

    return wrap
