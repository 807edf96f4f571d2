"""Everything is built here once and passed in: stores, archive, authority, engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.calendar import tokyo_day, utc_now
from domain.codec import canonical
from domain.engines import ObjectStore
from domain.errors import ConfigError
from domain.os_words import why_ja
from domain.registry import CLASSIFIERS, OCR_ENGINES, Registry
from pipeline.settings import ShokoSettings
from pipeline.steps.company import CompanyBook
from pipeline.steps.parties import PartyBook
from pipeline.steps.remembering import Resting, StampingWatch
from storage.archive import Archive
from storage.evidence.authorities import AuthorityChain, open_authorities
from storage.evidence.signer import LogSigner
from storage.evidence.trust import TrustList, load_trust_list
from storage.issuers.register import LocalRegister, open_register
from storage.objects import open_store
from storage.people import PeopleBook
from storage.people.sealing import Seal
from storage.settings import StoreSettings

if TYPE_CHECKING:
    from compliance.settings import CompanySettings
    from domain.visibility import Visibility
    from pipeline.steps.read import Reader

BUCKETS = {"inbox": False, "vault": True, "derived": False}
"""Bucket → whether it asks for Object Lock (DESIGN §7)."""


def _nowhere(_: str) -> None:
    """No one watches step boundaries in production."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoko:
    """One wired installation."""

    settings: ShokoSettings
    store: ObjectStore
    archive: Archive
    authority: AuthorityChain
    trust: TrustList
    signer: LogSigner
    company_book: CompanyBook
    """Facts about the company by day: read them here or through ``company``, not from the settings."""
    parties: PartyBook
    issuers: LocalRegister
    people: PeopleBook
    clock: Callable[[], datetime] = utc_now
    resting: Resting = field(default_factory=Resting)
    """Which files of an inbox on a network have lain still, as this process saw it."""
    stamping: StampingWatch = field(default_factory=StampingWatch)
    """What this process said last about timestamps that do not arrive."""
    at: Callable[[str], None] = _nowhere
    """Called at every step boundary; tests kill the process here."""

    @property
    def company(self) -> CompanySettings:
        """Facts about the company as they hold today."""
        return self.company_book.on(tokyo_day(self.clock()))

    def held_still(self) -> Shoko:
        """The same with the company's facts as they are known now: for a walk over many documents."""
        return replace(self, company_book=self.company_book.held_still())

    def company_for(self, received_on: date, *, today: date | None = None) -> CompanySettings:
        """The same for something received on a day: its deadline runs by the method of that day."""
        return self.company_book.for_received(received_on, today=today or tokyo_day(self.clock()))

    def close(self) -> None:
        """Give database connections and the authority's connection back."""
        self.archive.close()
        self.people.close()
        self.issuers.close()
        self.authority.close()

    def seen_by(self, visibility: Visibility) -> Shoko:
        """The same installation as somebody may see it: what they may not see does not exist in its archive."""
        return replace(self, archive=self.archive.seen_by(visibility))

    @staticmethod
    def encode(plain: object) -> bytes:
        """Canonical JSON of plain values."""
        return canonical(plain)


def open_objects(settings: ShokoSettings, *, clock: Callable[[], datetime] = utc_now) -> ObjectStore:
    """The object store alone: what a reading process needs."""
    return open_store(store_settings(settings), clock=clock)


def store_settings(settings: ShokoSettings) -> StoreSettings:
    """Where objects are kept; without a word on it, in the data folder."""
    store = settings.store
    if "root" not in store.model_fields_set:
        store = store.model_copy(update={"root": settings.data_folder / "store"})
    return store


def open_shoko(
    settings: ShokoSettings,
    *,
    clock: Callable[[], datetime] = utc_now,
    at: Callable[[str], None] = _nowhere,
    indexed: Callable[[int, int], None] | None = None,
) -> Shoko:
    """Open (and on first use create) stores, archive, keys; ``indexed`` is told how far an index is that is made anew.

    Raises:
        ConfigError: settings contradict each other.
        StoreUnavailable: a store or the database does not answer.
    """
    try:
        settings.data_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"data folder {settings.data_folder}: {error.strerror}",
            message_ja=f"データフォルダ {settings.data_folder.absolute()} を使えません（{why_ja(error)}）。"
            "--home か SHOKO_DATA_FOLDER で、書き込めるフォルダを指定してください",
        ) from error
    store = open_objects(settings, clock=clock)
    for bucket, lock in BUCKETS.items():
        store.ensure_bucket(bucket, versioned=True, object_lock=lock)
    trust = load_trust_list(settings.evidence.trust_list_file)
    archive = Archive.open(
        settings.archive_url,
        store,
        client_id=settings.client_id,
        clock=clock,
        settings=settings.archive,
        accredits=trust.accredits,
        indexed=indexed,
    )
    keys = settings.evidence.key_folder or settings.data_folder / "keys"
    return Shoko(
        settings=settings,
        store=store,
        archive=archive,
        authority=open_authorities(settings.evidence, key_folder=keys, clock=clock, trust=trust),
        trust=trust,
        signer=LogSigner.create_or_open(keys, clock=clock),
        company_book=CompanyBook(archive=archive, settings=settings.company),
        parties=PartyBook(archive),
        issuers=open_register(settings.issuers, data_folder=settings.data_folder, clock=clock),
        people=PeopleBook.open(
            settings.archive_url,
            client_id=settings.client_id,
            clock=clock,
            settings=settings.archive,
            seal=Seal.create_or_open(keys),
        ),
        clock=clock,
        at=at,
    )


def build_reader(settings: ShokoSettings) -> Reader:
    """Load the chosen engines; seconds of work, once per process.

    Raises:
        EngineMissing: unknown name, or not installed.
    """
    from pipeline import code_digest  # noqa: PLC0415 - with the reader
    from pipeline.steps.read import Reader  # noqa: PLC0415 - engines' libraries only where reading happens

    registry = Registry(OCR_ENGINES, allow_external=settings.reading.allow_external_engines)
    second = settings.reading.second_engine
    limits = {"threads": 1, "seconds_per_page": settings.extractors.seconds_per_page}
    return Reader(
        engine=registry.load(settings.reading.engine)(**limits),
        second=registry.load(second)(**limits) if second else None,
        classifier=Registry(CLASSIFIERS, allow_external=settings.reading.allow_external_engines).load(
            settings.reading.classifier
        )(model_folder=settings.model_folder),
        settings=settings.extractors,
        text_code=code_digest.text_digest(),
        reading_code=code_digest.reading_digest(),
    )
