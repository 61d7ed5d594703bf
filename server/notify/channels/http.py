"""How channels talk to other people's servers: with an end to waiting, and heeding when to retry."""

import ipaddress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

TIMEOUT_S = 10
TRIES_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class PrivateAddress(OSError):
    """A public name that leads into this network."""


class PublicConnection(HTTPSConnection):
    def _new_conn(self) -> Any:
        """Looks where it has got to, not at what a name said before."""
        connection = super()._new_conn()
        if not ipaddress.ip_address(connection.getpeername()[0].split("%")[0]).is_global:
            connection.close()
            raise PrivateAddress("not a public address")
        return connection


class PublicPool(HTTPSConnectionPool):
    ConnectionCls = PublicConnection


class PublicOnly(HTTPAdapter):
    """Connects to public addresses only. A proxy of the operator's decides by itself."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": PublicPool}


def session(connections: int = 1, public: bool = False) -> requests.Session:
    """Connections are kept; nobody is followed to another address."""
    made = requests.Session()
    made.max_redirects = 0
    adapter = (PublicOnly if public else HTTPAdapter)(pool_maxsize=connections)
    made.mount("https://", adapter)
    if not public:
        made.mount("http://", adapter)
    return made


def retry_after(header: str | None, now: datetime) -> datetime | None:
    """Seconds or a date (RFC 9110, 10.2.3); None when it says nothing sensible."""
    if not header:
        return None
    if header.isdigit():
        return now + timedelta(seconds=min(int(header), 86_400))
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
