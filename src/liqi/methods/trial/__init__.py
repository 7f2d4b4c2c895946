"""A method on trial: what every method owes is tried out on its own example; a new one is begun from a template."""

from liqi.arguments import explain_face
from liqi.methods.trial._begin import begin
from liqi.methods.trial._package import methods_of
from liqi.methods.trial._trials import Budget, Trial, try_method

__all__ = ["Budget", "Trial", "begin", "methods_of", "try_method"]

explain_face(__name__)
