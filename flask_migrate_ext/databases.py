"""The databases of an app: what its db, or whoever stands in its place, has engines and models for.

============================  ================================  ===============================
db                            engines                           models
============================  ================================  ===============================
Flask-SQLAlchemy              ``db.engines``                    ``db.metadatas``
Flask-SQLAlchemy-Lite         ``db.engines``                    ``Migrate(metadata=...)``, or those
                                                                in the app's own modules
Advanced Alchemy              ``get_engine()`` of each of       ``metadata`` of the same
                              ``.config``
Alchemical                    ``db.get_engine(bind)`` for each  ``db.metadatas``
                              of ``db.bind_names()``
none, ``Migrate(engine=...)`` as given                          ``Migrate(metadata=...)``
============================  ================================  ===============================

All are told apart by these documented attributes, so that none has to be installed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask

from flask_migrate_ext.config import MigrateConfig
from flask_migrate_ext.models import declared
from migrate_core.errors import ConfigurationError

DEFAULT = "default"
"""What the database without a bind is called on the command line."""


class AppNotReady(ConfigurationError):
    """The app lacks what migrations need: the extension, or a database."""


@dataclass(frozen=True, slots=True)
class Database:
    """One database of an app.

    :param name: its bind, empty for the default one.
    :param engine: of an asynchronous one, what is beneath it: it has the address and the dialect,
        and cannot be connected from here.
    """

    name: str
    engine: sa.Engine
    metadata: tuple[sa.MetaData, ...]

    @property
    def called(self) -> str:
        """Its name for people."""
        return self.name or DEFAULT

    @property
    def waits(self) -> bool:
        """Whether its engine waits for each statement, as a command without env.py needs it."""
        return not self.engine.dialect.is_async

    def require_waiting(self) -> None:
        """
        :raises AppNotReady: its engine is asynchronous.
        """
        if not self.waits:
            raise AppNotReady(
                f"The engine of the database {self.called!r} is asynchronous, "
                "and migrations are run by one that waits for each statement.",
                "Give one for the same address: Migrate(app, engine=create_engine(...), "
                "metadata=Base.metadata)",
            )

    @property
    def has_models(self) -> bool:
        """Whether a model is in it."""
        return any(each.tables for each in self.metadata)


def source(app: Flask, config: MigrateConfig) -> Any:
    """The object that has the engines: as given to Migrate, else the one the app has.

    None where an engine was given instead.

    :raises AppNotReady: there is none.
    """
    if config.db is not None or config.engine is not None:
        return config.db
    for key in ("sqlalchemy", "advanced_alchemy"):
        if key in app.extensions:
            return app.extensions[key]
    raise AppNotReady(
        f"Migrate was given no db, and app {app.import_name!r} has no Flask-SQLAlchemy.",
        "Call db.init_app(app), or give it: Migrate(app, db)",
    )


def databases(app: Flask, config: MigrateConfig) -> tuple[Database, ...]:
    """All databases that the app has, the default one first.

    :raises AppNotReady: it has none, or models for one that it has no address of.
    """
    db = source(app, config)
    engines = _named(config.engine) if config.engine is not None else _engines(app, db)
    models = {**_models(db), **_given(config.models)}
    if not models:
        models = {"": declared()}
    for name in models.keys() - engines.keys():
        if name and any(metadata.tables for metadata in models[name]):
            raise AppNotReady(
                f"Models have the bind {name!r}, and the app has no address for it.",
                f"Add it: app.config['SQLALCHEMY_BINDS'] = {{{name!r}: 'sqlite:///{name}.db'}}",
            )
    return tuple(Database(name, engines[name], models.get(name, ())) for name in sorted(engines))


# -- engines ---------------------------------------------------------------------------------------


def _engines(app: Flask, db: Any) -> dict[str, sa.Engine]:
    try:
        found = _engines_of(db)
    except (RuntimeError, KeyError) as error:
        raise AppNotReady(
            f"The db of app {app.import_name!r} has no engine: {error}",
            "Call db.init_app(app) after setting SQLALCHEMY_DATABASE_URI.",
        ) from error
    except AttributeError:
        raise AppNotReady(
            f"What Migrate was given as db has no engine; its type is {type(db).__name__}.",
            "Give the SQLAlchemy object of Flask-SQLAlchemy: Migrate(app, db)",
        ) from None
    found = {name: getattr(each, "sync_engine", each) for name, each in found.items()}
    for name, engine in found.items():
        if not isinstance(engine, sa.Engine):
            raise AppNotReady(
                f"The engine of the database {name or DEFAULT!r} is a {type(engine).__name__}.",
                "Give one of SQLAlchemy's: Migrate(app, engine=create_engine(...), "
                "metadata=Base.metadata)",
            )
    if not found:
        raise AppNotReady(
            f"The db of app {app.import_name!r} has no engine.",
            "Set SQLALCHEMY_DATABASE_URI (Flask-SQLAlchemy-Lite: SQLALCHEMY_ENGINES), "
            "then call db.init_app(app).",
        )
    return found


def _engines_of(db: Any) -> dict[str, Any]:
    if _is_advanced(db):
        return {_name(each.bind_key): each.get_engine() for each in db.config}
    if hasattr(db, "bind_names"):
        default = {"": db.get_engine()}  # which makes the others as well
        return {**default, **{name: db.get_engine(name) for name in db.bind_names()}}
    several = getattr(db, "engines", None)
    return _named(several if several is not None else db.engine)


def _is_advanced(db: Any) -> bool:
    config = getattr(db, "config", None)
    return isinstance(config, Sequence) and all(hasattr(each, "get_engine") for each in config)


# -- models ----------------------------------------------------------------------------------------


def _models(db: Any) -> dict[str, tuple[sa.MetaData, ...]]:
    if db is None:
        return {}
    if _is_advanced(db):
        return {_name(each.bind_key): (each.metadata,) for each in db.config}
    several = getattr(db, "metadatas", None)
    return _given(several if several is not None else getattr(db, "metadata", None))


def _given(models: Any) -> dict[str, tuple[sa.MetaData, ...]]:
    return {
        name: (each,) if isinstance(each, sa.MetaData) else tuple(each)
        for name, each in _named(models).items()
    }


def _named(given: Any) -> dict[str, Any]:
    """By the names of databases; what is not, is of the default one."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {_name(name): each for name, each in given.items()}
    return {"": given}


def _name(bind_key: str | None) -> str:
    return "" if bind_key in (None, DEFAULT) else str(bind_key)
