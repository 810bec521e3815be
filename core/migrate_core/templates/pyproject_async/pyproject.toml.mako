# Migrations. %(here)s is the folder of this file; write a percent sign as %%.
[tool.alembic]

# Where env.py, script.py.mako and versions/ are.
script_location = "${script_location}"

# Folders that models are imported from.
prepend_sys_path = ["."]

# Where migrations are, if not in versions/ alone.
# version_locations = ["%(here)s/versions", "%(here)s/more"]

# Whether folders below those hold migrations as well.
# recursive_version_locations = false

# What a new file is called. There are rev, slug, epoch, year, month, day, hour, minute, second; a
# percent sign is doubled.
# file_template = "%%(year)d_%%(month).2d_%%(day).2d_%%(rev)s_%%(slug)s"

# The longest slug in it, in characters.
# truncate_slug_length = 40

# The time zone of "Create Date", such as UTC; otherwise the local one.
# timezone = "UTC"

# The encoding of new files.
# output_encoding = "utf-8"

# Whether "revision" and "merge" run env.py even where they need no database.
# revision_environment = false

# Whether compiled files (.pyc) without a source are migrations.
# sourceless = false

# What is run on each new file.
# [[tool.alembic.post_write_hooks]]
# name = "ruff"
# type = "exec"
# executable = "ruff"
# options = "format REVISION_SCRIPT_FILENAME"
