"""Cryo-electron microscopy: particles in, maps out, and how far half maps agree."""

from liqi.arguments import explain_face
from liqi.methods.cryoem._agreement import Agreement, agree, local_resolution
from liqi.methods.cryoem._ctf import Optics, transfer, wavelength
from liqi.methods.cryoem._mrc import Grid, Stack, open_map, open_stack, read_map, write_map, write_stack
from liqi.methods.cryoem._particles import Particles, read_particles
from liqi.methods.cryoem._pictures import packed, unpacked
from liqi.methods.cryoem._power import Power, power
from liqi.methods.cryoem._reconstruction import Reconstruction, reconstruct
from liqi.methods.cryoem._refinement import Refinement, refine
from liqi.methods.cryoem._rings import Microscope, Rings, fit_rings
from liqi.methods.cryoem._search import Matches, match, projections
from liqi.methods.cryoem._shells import correlation, resolution, soft_sphere
from liqi.methods.cryoem._star import Block, read_star
from liqi.methods.cryoem._start import Start, first_map
from liqi.methods.cryoem._turning import angles, between_deg, matrices, spread
from liqi.methods.cryoem._views import sampling_factor

__all__ = [
    "Agreement", "Block", "Grid", "Matches", "Microscope", "Optics", "Particles", "Power", "Reconstruction",
    "Refinement", "Rings", "Stack", "Start", "agree", "angles", "between_deg", "correlation", "first_map", "fit_rings",
    "local_resolution", "match", "matrices", "open_map", "open_stack", "packed", "power", "projections", "read_map",
    "read_particles", "read_star", "reconstruct", "refine", "resolution", "sampling_factor", "soft_sphere", "spread",
    "transfer", "unpacked", "wavelength", "write_map", "write_stack",
]  # fmt: skip

explain_face(__name__)
