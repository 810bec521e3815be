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

# A reference to what a program calls, catches or configures has to lead there. What else stands in
# a signature is a type that nobody makes by hand; those of others are on their sites.
nitpicky = True
PUBLIC = (
    r"migrate_core\.(errors|settings|migrations|runtime\.requests)|flask_migrate_ext\.functions"
)
nitpick_ignore_regex = [("py:.*", rf"(?!({PUBLIC})\b).*")]
