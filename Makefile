# Everything the bureau and a developer start by hand. `make` alone lists the targets.
# Needs python3.11 (with its venv module), make, and once a network that reaches PyPI.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
# Superset's dependencies exclude the pipeline's: it has an environment of its own.
BI_VENV := .venv-bi
BI_PORT ?= 8088
# The linters of deploy/, which nothing else needs.
DEPLOY_VENV := .venv-deploy
PYTHON ?= $(shell for p in python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# Without bytecode every process recompiles what it imports, which costs more than the night's work.
unexport PYTHONDONTWRITEBYTECODE
export UV_COMPILE_BYTECODE := 1
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/$(VENV)
# Nothing phones home. Dagster's switch is in its dagster.yaml.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := False
export GX_ANALYTICS_ENABLED := False

ZHENXING_HOME ?= $(CURDIR)
export ZHENXING_HOME

.PHONY: faults fuzz help audit deploy-check bi bi-check bi-test nightly test province mistakes dev bench nights docs lint format sample install tools metrics clients

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

nightly: $(VENV)/.synced ## one night: inbox -> audited warehouse -> bulletin (a new home first gets the sample province)
	@zhenxing sample --first-night
	@zhenxing nightly

test: $(VENV)/.synced tools ## every test
	pytest --numprocesses 2 --dist loadfile

province: nightly ## the nightly, then its 59 figures beside the article's (CI runs it on an empty home)
	python -m bench.province

mistakes: $(VENV)/.synced ## a province with real-life mistakes: receipts against the answer sheet, kind by kind
	python -m bench.mistakes

clients: $(VENV)/.synced tools ## R, ODBC and JDBC read the published province as docs/reading.md shows (installs them from Debian)
	@command -v Rscript >/dev/null && command -v isql >/dev/null && command -v java >/dev/null && [ -e /usr/share/java/postgresql.jar ] \
		&& [ -e /usr/lib/R/site-library/RPostgreSQL ] && odbcinst -q -d | grep -q 'PostgreSQL Unicode' && exit 0; \
	packages="r-base-core r-cran-dbi r-cran-rpostgresql unixodbc odbcinst odbc-postgresql default-jdk-headless libpostgresql-jdbc-java"; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing $$packages"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$packages >/dev/null; \
	else \
		echo "On Debian: sudo apt-get install --no-install-recommends $$packages"; exit 1; \
	fi
	pytest tests/reading_clients.py

dev: $(VENV)/.synced ## Dagster UI at http://127.0.0.1:3000, on the instance the nightly writes
	DAGSTER_HOME="$$(python -m orchestration.dagster_home)" dagster dev -m orchestration.definitions -h 127.0.0.1 -p 3000

FUZZ ?= 10000
# Of the fault harness: how many kills, when to stop at the latest, which instants, and which steps (default: all).
KILLS ?= 1000
MINUTES ?= 600
SEED ?= 1
WORKS ?=

faults: $(VENV)/.synced ## KILLS=1000 kills, full and read-only disks, each done again as if undisturbed (docs/faults.md; MINUTES, SEED, WORKS)
	python tests/faults --kills $(KILLS) --minutes $(MINUTES) --seed $(SEED) --works $(WORKS) --report docs/faults.md

fuzz: $(VENV)/.synced ## FUZZ=10000 mutated workbooks, layouts and values, then coverage-guided (docs/fuzzing.md; installs atheris)
	@uv sync --frozen --quiet --inexact --group fuzz
	@mkdir -p var/fuzz
	cd tests && python -m fuzz.run --inputs $(FUZZ) --keep ../var/fuzz
	cd tests && for target in sheet shared number csv records; do \
		python -m fuzz.guided $$target -runs=$$(( $(FUZZ) * 10 )) -max_len=20000 -artifact_prefix=../var/fuzz/ ../var/fuzz/corpus-$$target; \
	done

bench: $(VENV)/.synced ## the nightly beside one plain script: seconds, memory, same figures
	python -m bench

nights: $(VENV)/.synced ## thirty nights of one home in a row: memory and disk by place (docs/operations.md)
	python -m bench.nights

docs: $(VENV)/.synced ## write docs/datasets.md, indicators.md, rules.md, warnings.md, the semantic layer, dbt's exposures and the column lineage from what declares them
	python -m orchestration.report.reference
	python -m bi.exposures
	python -m orchestration.model.lineage

metrics: $(VENV)/.synced ## prepare var/metrics, where mf asks the published file for any indicator, sliced any way (docs/metrics.md)
	@python -m orchestration.model.metrics

audit: $(VENV)/.synced ## known vulnerabilities of what is locked (asked of osv.dev), secrets in files and history; .ci/audit/accepted.toml
	@python .ci/audit

validate: $(VENV)/.synced ## Dagster loads the definitions, of a home that has received nothing
	@home=$$(mktemp -d); trap 'rm -rf "$$home"' EXIT; export ZHENXING_HOME="$$home"; \
	export DAGSTER_HOME="$$(python -m orchestration.dagster_home)"; \
	python -W ignore:Function -m dagster definitions validate -m orchestration.definitions

lint: $(VENV)/.synced ## ruff: rules and format
	ruff check .
	ruff format --check .

format: $(VENV)/.synced ## ruff: put the format right
	ruff check --fix .
	ruff format .

bi: $(VENV)/.synced $(BI_VENV)/.synced ## Superset with the dashboards at http://127.0.0.1:8088 (BI_PORT=...), on the published file
	@python -m bi.serve --port $(BI_PORT)

bi-check: $(VENV)/.synced ## dashboard -> chart -> dataset -> dbt model -> column, without Superset: what breaks is named
	python -m bi.lineage

bi-test: $(VENV)/.synced $(BI_VENV)/.synced tools ## Superset's tests: each dashboard in a browser, who sees what, readers through publications
	pytest bi/tests

deploy-check: $(VENV)/.synced $(DEPLOY_VENV)/.synced ## deploy/: units, container file, compose and proxy by their linters; the services started by hand on loopback
	@command -v systemd-analyze >/dev/null && command -v systemd-sysusers >/dev/null && command -v nginx >/dev/null && command -v openssl >/dev/null && exit 0; \
	packages="systemd nginx-light openssl"; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing $$packages"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$packages >/dev/null; \
	else \
		echo "On Debian: sudo apt-get install --no-install-recommends $$packages"; exit 1; \
	fi
	python -m deploy.check
	pytest deploy/tests

sample: $(VENV)/.synced ## write the sample province into the inbox
	zhenxing sample

# Tests open what the bureau's people open: workbooks and bulletins in LibreOffice (its Writer lies beside it), pages in Chromium.
# They start a PostgreSQL of their own from Debian's binaries; the cluster that the package may make is left alone.
tools:
	@command -v chromium >/dev/null && command -v pdftotext >/dev/null && command -v soffice >/dev/null && \
		compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && \
		[ -e "$$(dirname "$$(readlink -f "$$(command -v soffice)")")/libswlo.so" ] && exit 0; \
	packages="libreoffice-calc-nogui libreoffice-writer-nogui chromium fonts-noto-cjk poppler-utils postgresql"; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing $$packages for the tests"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$packages >/dev/null; \
	else \
		echo "The tests need LibreOffice Calc and Writer, Chromium, pdftotext and PostgreSQL: on Debian, sudo apt-get install --no-install-recommends $$packages"; exit 1; \
	fi

install: $(VENV)/.synced ## install what uv.lock names into .venv (the other targets do it by themselves)

# The stamp is newer than the lock when the environment holds exactly what the lock names.
$(VENV)/.synced: pyproject.toml uv.lock
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 not found: install python3.11, or say make PYTHON=/path/to/python3.11"; exit 1; }
	@[ -x $(VENV)/bin/python ] || "$(PYTHON)" -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv module is missing: on Debian, apt install python3.11-venv"; exit 1; }
	@[ -x $(VENV)/bin/uv ] || $(VENV)/bin/python -m pip install --quiet 'uv>=0.13,<0.14'
	@$(VENV)/bin/uv sync --frozen --quiet
	@touch $@

$(BI_VENV)/.synced: bi/superset/requirements.txt | $(VENV)/.synced
	@[ -x $(BI_VENV)/bin/python ] || $(VENV)/bin/python -m venv --without-pip $(BI_VENV)
	@echo "Installing Superset into $(BI_VENV)"
	@$(VENV)/bin/uv pip sync --quiet --python $(BI_VENV)/bin/python --require-hashes $<
	@touch $@

$(DEPLOY_VENV)/.synced: pyproject.toml uv.lock | $(VENV)/.synced
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/$(DEPLOY_VENV) $(VENV)/bin/uv sync --frozen --quiet --only-group deploy
	@touch $@
