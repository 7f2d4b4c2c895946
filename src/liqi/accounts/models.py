"""People, the organisations they act for, their projects, and the journal of what was done."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models

LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]


def new_token() -> str:
    """A secret that cannot be guessed, for an address that needs no sign-in."""
    return secrets.token_urlsafe(24)


class PersonManager(BaseUserManager["Person"]):
    """Makes people who sign in by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Keep a new person; the address is lower-cased, the password hashed."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Keep a new platform operator."""
        return self.create_user(email, password, is_operator=True, is_staff=True, is_superuser=True, **fields)


class Person(AbstractUser):
    """Somebody who can sign in. What they may do follows from their memberships and stewardships."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, choices=LANGUAGES, blank=True)
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    is_operator = models.BooleanField(default=False)
    """Runs the platform: may act for every organisation and every instrument."""
    feed_token = models.CharField(max_length=64, default=new_token, unique=True)
    """The secret in the address of this person's calendar feed."""
    synthetic = models.BooleanField(default=False)
    """Made for the example; shown with a tag wherever the person appears."""
    forgotten_at = models.DateTimeField(null=True, blank=True)
    """When the person asked to be forgotten and was; the row stays as an empty name under old bookings."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[PersonManager] = PersonManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name as the person writes it."""
        return self.name

    def get_short_name(self) -> str:
        """The name as the person writes it."""
        return self.name


class Organisation(models.Model):
    """A body that people act for: it owns, books, pays."""

    class Kind(models.TextChoices):
        INSTITUTION = "institution"
        GROUP = "research group"
        FIRM = "firm"
        PLATFORM = "platform"

    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.GROUP)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    synthetic = models.BooleanField(default=False)
    people = models.ManyToManyField(Person, through="Membership", related_name="organisations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "parent"], name="organisation_name_once")]

    def __str__(self) -> str:
        return self.name

    def whole(self) -> Organisation:
        """The topmost organisation that this one is a part of, itself if it stands alone."""
        top, seen = self, {self.pk}
        while top.parent is not None and top.parent.pk not in seen:
            top = top.parent
            seen.add(top.pk)
        return top


class Membership(models.Model):
    """A person acts for an organisation in a role."""

    class Role(models.TextChoices):
        MEMBER = "member"
        LEAD = "lead"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.MEMBER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "organisation"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.person} / {self.organisation} ({self.role})"


class Project(models.Model):
    """Work of an organisation with a beginning, an end and a question; orders are made under it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="projects")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    closed_on = models.DateField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="project_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class JournalEntry(models.Model):
    """One line of what was done: who, when, what, to which thing. Lines are added, never changed."""

    at = models.DateTimeField()
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=60)
    thing = models.CharField(max_length=60)
    thing_id = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["thing", "thing_id", "at"], name="journal_thing"),
            models.Index(fields=["person", "at"], name="journal_person"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.thing} {self.thing_id}"


class Notice(models.Model):
    """Something a person is told: a kind, the facts that fill its sentence, where to act."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    """When it went out by mail, or was left out because the person wants no mail of it."""

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at"], name="notice_person"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["at"], condition=models.Q(mailed_at=None, read_at=None), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} to {self.person}"


class NoticeWishes(models.Model):
    """How a person wants to be told: by mail how often, when not to be disturbed, of what not at all."""

    class Rhythm(models.TextChoices):
        AT_ONCE = "at once"
        DAILY = "daily"
        WEEKLY = "weekly"
        NEVER = "never"

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="notice_wishes")
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    hour = models.PositiveSmallIntegerField(default=8)
    """The hour of the person's day at which a digest goes out; the weekly one on Monday."""
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    """No mail between the two on the person's clock; they may lie on both sides of midnight."""
    muted = models.JSONField(default=list, blank=True)
    """Subjects of notices, such as "swap", that come by no mail and are not counted."""
    remind_minutes = models.PositiveIntegerField(default=24 * 60)
    """So long before a booking the person is reminded; 0 is never."""
    digest_at = models.DateTimeField(null=True, blank=True)
    """When the last digest went out."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(hour__lt=24), name="noticewishes_hour_of_a_day"),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="noticewishes_quiet_from_and_until",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.rhythm}"


class ApiToken(models.Model):
    """A secret with which a program speaks for a person, within scopes and until it expires."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    """What the person calls it, such as the program that uses it."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token; the token itself is kept nowhere."""
    hint = models.CharField(max_length=8)
    """Its last letters, to tell one from another."""
    scopes = models.JSONField(default=list)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("issued_at")), name="apitoken_expires_after_issue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"
