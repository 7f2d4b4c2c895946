"""Modules to a configuration: what can be built, the cheapest that has one's wishes, and why some clash."""

from liqi.arguments import explain_face
from liqi.planning.configuration._configuring import READERS, Configured, configure, read
from liqi.planning.configuration._count import count
from liqi.planning.configuration._model import Limit, Model, Rule, UnusableModel
from liqi.planning.configuration._solving import Solving

__all__ = ["READERS", "Configured", "Limit", "Model", "Rule", "Solving", "UnusableModel", "configure", "count", "read"]

explain_face(__name__)
