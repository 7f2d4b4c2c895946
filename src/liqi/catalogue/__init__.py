"""Facilities, instruments, services and their makers; search; exchange with other systems."""
