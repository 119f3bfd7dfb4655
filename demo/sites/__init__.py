"""The outlets of the pretend web, each in a layout family met in the field."""

from __future__ import annotations

from demo.sites.badia import Badia
from demo.sites.base import Site
from demo.sites.furat import Furat
from demo.sites.hudud import Hudud
from demo.sites.jisr import Jisr
from demo.sites.mawj import Mawj
from demo.sites.minbar import Minbar
from demo.sites.nakhil import Nakhil
from demo.sites.sahel import Sahel
from demo.sites.sarab import Sarab

SITES: dict[str, type[Site]] = {
    site.name: site for site in (Furat, Hudud, Badia, Nakhil, Mawj, Jisr, Minbar, Sarab, Sahel)
}
"""Outlet name → its site, in a fixed order."""
