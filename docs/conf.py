"""The site: `sphinx-build -W --keep-going docs build/site`. It is built without a network."""

from importlib.metadata import version as version_of

project = "flask-migrate-ext"
author = "the maintainers"
version = release = version_of("flask-migrate-ext")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_click"]
root_doc = "index"
html_theme = "furo"
html_title = "flask-migrate-ext"
html_copy_source = False
html_show_sphinx = False
smartquotes = False  # they make a dash of the two before an option

myst_heading_anchors = 3  # from-alembic.md#how-to-go-back, as GitHub has them

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
autoclass_content = "class"

# A reference to a name of this project has to lead somewhere; those of others are on their sites.
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!migrate_core\.|flask_migrate_ext\.).*")]

# What signatures name, and nobody who reads them makes or calls; architecture.md has the rooms.
nitpick_ignore = {
    ("py:class", f"migrate_core.{name}")
    for name in (
        "api.base.OperationClass",
        "api.base.Result",
        "api.batch.BatchImpl",
        "api.block.Block",
        "api.overrides.ImplApplier",
        "autogenerate.dispatch.Comparators",
        "autogenerate.dispatch.DispatchPriority",
        "autogenerate.dispatch.PriorityDispatcher",
        "autogenerate.renames.Candidate",
        "autogenerate.rewrite.Registered",
        "database.channel.Channel",
        "database.journal.Trail",
        "ddl.base.DDL",
        "graph.graph._Links",
        "operations.base.NamingSource",
        "operations.registry.Implementations",
        "render.registry.Renderers",
        "runtime.applier.Applier",
        "runtime.comparison.Comparison",
        "runtime.executor.Executor",
        "schema.literal.InlineLiteral",
        "scripts.directory.Directory",
        "scripts.header.Header",
    )
} | {
    ("py:func", "migrate_core.runtime.generator.generate"),
    ("py:mod", "migrate_core.database.transactions"),
    ("py:mod", "migrate_core.scripts.fingerprint"),
    ("py:class", "flask_migrate_ext.extension.Configure"),
}
