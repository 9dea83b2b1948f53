# What there is: make help
.DEFAULT_GOAL := help
.PHONY: help run figure test zh assignment solutions test-everywhere mutants lab jar env learn test-cluster bench live site slides format clean need-java need-maven need-python need-npm need-node need-folder lock sbom licences

PYTHON ?= python3
VENV := .venv
MVN := mvn -f lib/pom.xml -B -ntp

# What the command line may set: a name that nothing reads, such as seed=7, is refused (a variable of the environment is not).
GIVEN := $(foreach name,$(filter-out -% .% MAKE%,$(.VARIABLES)),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
KNOWN := NB SEED SEEDS T H KERNEL PORT BENCH PDF REPOSITORY ALL JOBS CI CLASSES BASE STORE LIMIT ENGINE MASTER SHARD PYTHON JAVA_HOME JAVA25_HOME JJAVA_JVM_OPTS MVN VENV SHELL CHROMIUM NODE
ifneq ($(filter-out $(KNOWN),$(GIVEN)),)
$(error expected one of the variables $(KNOWN), got $(filter-out $(KNOWN),$(GIVEN)))
endif

# A JVM of a locale that is not UTF-8 cannot open a file whose name has an é.
ifneq ($(shell locale charmap 2>/dev/null),UTF-8)
export LC_ALL := C.UTF-8
endif

ifdef JAVA_HOME
export PATH := $(JAVA_HOME)/bin:$(PATH)
endif
# The Vector API, where this JDK has it: the same bits, sooner. KERNEL=plain on the command line does without it, KERNEL=vector
# insists on it, KERNEL=vector-4x2 on a tile of 4 rows and 2 vectors (a variable KERNEL of the environment is not meant).
CHOSEN := $(if $(filter command,$(firstword $(origin KERNEL))),$(KERNEL))
ifeq ($(CHOSEN),plain)
KERNEL_OPTIONS := -Dbptt.kernel=plain
else ifneq ($(filter vector vector-%,$(CHOSEN)),)
KERNEL_OPTIONS := -Dbptt.kernel=$(CHOSEN) --add-modules=jdk.incubator.vector
else ifeq ($(CHOSEN),)
KERNEL_OPTIONS := $(shell java --list-modules 2>/dev/null | grep -q '^jdk.incubator.vector' && echo --add-modules=jdk.incubator.vector)
else
$(error KERNEL: expected plain or vector, got $(CHOSEN))
endif
export JJAVA_JVM_OPTS := $(or $(JJAVA_JVM_OPTS),-Xmx1g -XX:+UseSerialGC) $(KERNEL_OPTIONS)

# Parameters of a notebook, if they are given on the command line (a variable T of the environment is not meant).
SET := $(foreach name,SEED SEEDS T H,$(if $(filter command,$(firstword $(origin $(name)))),--set $(name)=$($(name))))
JOBS_OPTION := $(if $(filter command,$(firstword $(origin JOBS))),--jobs=$(JOBS))
# A check that went well on this machine counts until something changes. A server knows none, and is not to.
CHANGED := $(if $(filter true,$(CI))$(filter command,$(firstword $(origin ALL))),,--changed)
PORT_OPTION := $(if $(filter command,$(firstword $(origin PORT))),--port=$(PORT))
ifneq ($(shell echo '$(PORT_OPTION)' | grep -vE '^(--port=[0-9]+)?$$'),)
$(error PORT: expected a number, got $(PORT))
endif

# Where make learn trains, and which part of the plan, from the command line alone too.
ENGINE_OPTION := $(if $(filter command,$(firstword $(origin ENGINE))),$(ENGINE),local)
MASTER_OPTION := $(if $(filter command,$(firstword $(origin MASTER))),$(MASTER))
SHARD_OPTION := $(if $(filter command,$(firstword $(origin SHARD))),'$(SHARD)')
ifeq ($(filter local spark,$(ENGINE_OPTION)),)
$(error ENGINE: expected local or spark, got $(ENGINE_OPTION))
endif
ifneq ($(MASTER_OPTION),)
ifneq ($(ENGINE_OPTION),spark)
$(error MASTER: expected ENGINE=spark beside it, got ENGINE=$(ENGINE_OPTION))
endif
endif

ENV := $(VENV)/.ready
JAR := lib/target/.ready
TOOLS := $(VENV)/tools
SITE := notebooks/site/.venv
SITE_ENV := $(SITE)/.ready
SITE_NPM := notebooks/site/node_modules/.package-lock.json
API := lib/target/api/index.html
# make test looks at JupyterLab, site and slides where there are a browser and npm, and at the live figures where there is Node;
# CHROMIUM= and NODE= on the command line leave them out.
CHROMIUM := $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name))))
# What the site's tools need.
SITE_PYTHON := 3.11
IS_OLD = $(PYTHON) -c 'import sys; sys.exit(sys.version_info >= tuple(map(int, "$(SITE_PYTHON)".split("."))))'
TOO_OLD := $(if $(filter test,$(MAKECMDGOALS)),$(shell $(IS_OLD) 2>/dev/null && echo Python $(SITE_PYTHON)))
LACKING := $(or $(if $(CHROMIUM),,Chromium (apt install chromium)),$(if $(shell command -v npm),,npm (apt install npm)),$(TOO_OLD))
NODE := $(and $(shell command -v node),$(shell command -v npm))
LIVE := lib/live/target/.ready
CLUSTER := lib/cluster/target/.ready
CLUSTER_ENV := lib/cluster/.venv/.ready
CHECKPOINTS := notebooks/results/learning/checkpoints
PY := $(wildcard notebooks/*.py notebooks/site/*.py lib/*.py lib/bench/*.py lib/cluster/*.py lib/mutants/*.py)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'
	@echo "  One notebook: make run NB=10, several: NB=\"10 11\"; with other parameters: make run NB=11 SEED=7 T=200"
	@echo "  JupyterLab elsewhere than on port 8888: make lab PORT=8889"
	@echo "  make test leaves out notebooks that nothing has changed for since they were last found well; ALL=1 or CI=true does not"
	@echo "  Notebooks side by side: as many as cores and memory allow, or JOBS=1"
	@echo "  Without the Vector API: KERNEL=plain, for run, test, lab and learn"

run: $(ENV) $(JAR) ## execute the notebooks on the Java kernel and keep their outputs (sets up what is missing)
	@$(VENV)/bin/python notebooks/run.py $(SET) $(JOBS_OPTION) $(NB)

figure: $(ENV) $(JAR) ## the figures of notebook 10 at another size, in results/other: make figure H=100 T=500 SEEDS=7
	@$(VENV)/bin/python notebooks/run.py $(or $(SET),--set SEEDS=21) $(JOBS_OPTION) 10

test: $(ENV) $(JAR) $(if $(LACKING),,$(SITE_ENV) $(SITE_NPM)) $(if $(NODE),$(LIVE)) ## the library's tests, and every notebook against its committed outputs; the Python files by ruff
	@$(VENV)/bin/ruff format --check --quiet $(PY) || { echo "make format formats the Python files" >&2; exit 1; }
	@$(VENV)/bin/ruff check --quiet $(PY)
	@$(PYTHON) lib/supply.py check
	@$(MVN) test -Dkernel.options="$(KERNEL_OPTIONS)"
	@$(VENV)/bin/python -m unittest discover -s notebooks
	@$(if $(LACKING),echo "JupyterLab in a browser and site and slides skipped: no $(LACKING)",$(SITE)/bin/python -m unittest discover -s notebooks/site)
	@$(if $(NODE),node --test lib/live/test/*.test.mjs || { echo "once more: a browser may end by itself"; node --test lib/live/test/*.test.mjs; },echo "skipped: no Node (apt install nodejs npm)")
	@$(VENV)/bin/python notebooks/run.py --check $(CHANGED) $(JOBS_OPTION) $(NB)

zh: $(ENV) ## give the Chinese notebooks their originals' code and outputs, and say whose text has moved on (NB=10 begins one)
	@$(VENV)/bin/python notebooks/zh.py $(NB)

assignment: $(ENV) $(JAR) ## the exercises as a student gets them, in assignments/source, with nbgrader's metadata (NB=02; without NB all)
	@$(VENV)/bin/python notebooks/assignment.py $(NB)

solutions: $(ENV) $(JAR) ## the same solved, for who teaches, in assignments/solutions
	@$(VENV)/bin/python notebooks/assignment.py --solutions $(NB)

# SEED chooses the sample here, and is no parameter of the notebook.
mutants: $(ENV) $(JAR) ## break the library (the changed classes; ALL=1, CLASSES='bptt.train.*'), or a notebook's formulas (NB=07), and see which test notices
ifdef NB
	@env -u SEED $(VENV)/bin/python notebooks/mutants.py $(if $(LIMIT),--limit $(LIMIT)) $(if $(findstring SEED=,$(SET)),--seed $(SEED)) $(NB)
else
	@$(VENV)/bin/python lib/mutants/mutants.py $(if $(ALL),--all,$(if $(CLASSES),--classes $(CLASSES:%='%'),$(if $(BASE),--base $(BASE)))) $(if $(STORE),--store)
endif

test-everywhere: $(ENV) $(JAR) ## make test in other locales, folders, time zones …, with three notebooks and no browser (under an hour); JAVA25_HOME=… adds that JDK
	@JAVA25_HOME="$(JAVA25_HOME)" $(VENV)/bin/python notebooks/everywhere.py

lab: $(ENV) $(JAR) ## JupyterLab with the Java kernel, on 127.0.0.1 with its token
	@cd notebooks && PYTHONPATH=. ../$(VENV)/bin/jupyter lab --ip=127.0.0.1 $(PORT_OPTION) $$([ "$$(id -u)" = 0 ] && echo --allow-root) \
	  --ContentsManager.pre_save_hook=run.before_saving --LabApp.default_url=/lab/tree/00-start-here.ipynb

env: $(ENV) ## the Python environment alone: JupyterLab, nbclient, the JJava kernel

jar: $(JAR) ## the library alone

LEARN_local := -cp "lib/target/bptt.jar:lib/target/jars/*" bptt.train.Learn
LEARN_spark := @lib/cluster/java.options -Dspark.executor.extraJavaOptions="$(KERNEL_OPTIONS)" \
  $(if $(MASTER_OPTION),-Dspark.master='$(MASTER_OPTION)') \
  -cp "lib/target/bptt.jar:lib/cluster/target/cluster.jar:lib/cluster/target/jars/*:lib/cluster/target/spark/*" bptt.cluster.SparkEngine

learn: $(JAR) $(if $(filter spark,$(ENGINE_OPTION)),$(CLUSTER)) ## run the experiments of notebook 11 (two to three hours; Ctrl-C stops it, make learn goes on); on Apache Spark: ENGINE=spark MASTER=spark://host:7077 (lib/CLUSTER.md)
	@java -Xmx3g $(KERNEL_OPTIONS) $(LEARN_$(ENGINE_OPTION)) notebooks/results/learning $(SHARD_OPTION)

test-cluster: $(CLUSTER) $(CLUSTER_ENV) ## make learn on a Spark cluster of two workers on this machine, one of which is killed (five minutes; fetches 700 MB once)
	@lib/cluster/.venv/bin/python -m unittest discover -s lib/cluster

bench: $(JAR) | need-python ## the library beside PyTorch, JAX, DL4J, EJML and a BLAS: lib/BENCHMARK.md (half an hour; fetches about 4 GB once); BENCH=--short for ten minutes, --quick for one size, --avx2, --page
	@mvn -f lib/bench/pom.xml -B -q package
	@$(PYTHON) lib/bench/bench.py $(BENCH)

site: $(SITE_ENV) $(SITE_NPM) $(API) $(LIVE) ## the course as a site: notebooks/site/target/html/index.html, slides included; REPOSITORY=https://… adds its buttons
	@REPOSITORY="$(if $(filter command,$(firstword $(origin REPOSITORY))),$(REPOSITORY))" $(SITE)/bin/python notebooks/site/build.py
	@echo "notebooks/site/target/html/index.html"

slides: $(SITE_ENV) $(SITE_NPM) ## the slides alone, looked at in Chromium where there is one: notebooks/site/target/html/slides; PDF=1 prints them
	@$(SITE)/bin/python notebooks/site/build.py --slides $(if $(PDF),--pdf)
	@echo "notebooks/site/target/html/slides"

live: $(LIVE) ## the live figures: the library compiled to JavaScript, and its four pages, in lib/live/target/site

format: $(ENV) need-java need-maven ## format the Java and the Python files
	@$(MVN) -q spotless:apply
	@$(VENV)/bin/ruff check --quiet --fix $(PY)
	@$(VENV)/bin/ruff format --quiet $(PY)

# Maven's part comes from a build that fills a repository of its own: what is in it is what the build takes.
lock: need-java need-maven need-npm $(TOOLS) ## take the newest of what is not pinned: each requirements.txt from its requirements.in, both package-lock.json, and lib/checksums.txt (fetches all)
	@for folder in notebooks notebooks/site lib/cluster; do \
	  $(TOOLS)/bin/uv pip compile --quiet --universal --no-python-downloads --generate-hashes --upgrade \
	    --python-version $$(test $$folder = notebooks/site && echo $(SITE_PYTHON) || echo 3.10) \
	    --custom-compile-command "make lock" --output-file $$folder/requirements.txt $$folder/requirements.in || exit 1; \
	done
	@for folder in notebooks/site lib/live; do npm --prefix $$folder update --package-lock-only --no-audit --no-fund --silent || exit 1; done
	@repository=$$(mktemp -d) && trap 'rm -rf "$$repository"' EXIT && \
	  $(MVN) -q package -Dmaven.repo.local="$$repository" -Dtest=InitTest && $(PYTHON) lib/supply.py lock "$$repository"

sbom: $(ENV) $(SITE_ENV) $(TOOLS) need-java need-maven need-npm ## what the project takes from elsewhere, as CycloneDX: lib/target/bom.json (Java), bom-python.json, bom-site.json, bom-npm.json, bom-live.json
	@$(MVN) -q org.cyclonedx:cyclonedx-maven-plugin:2.9.3:makeBom -DoutputFormat=json -DoutputName=bom -DincludeTestScope=true
	@$(TOOLS)/bin/cyclonedx-py environment $(VENV) --output-reproducible --output-file lib/target/bom-python.json
	@$(TOOLS)/bin/cyclonedx-py environment $(SITE) --output-reproducible --output-file lib/target/bom-site.json
	@npm --prefix notebooks/site sbom --package-lock-only --sbom-format cyclonedx >lib/target/bom-npm.json
	@npm --prefix lib/live sbom --package-lock-only --sbom-format cyclonedx >lib/target/bom-live.json

licences: sbom ## under which licences; one that is not known fails
	@$(PYTHON) lib/supply.py licences lib/target/bom.json lib/target/bom-python.json lib/target/bom-site.json lib/target/bom-npm.json lib/target/bom-live.json

# Where git tracks this folder: what the project's own .gitignore names. What you ignore elsewhere is yours.
clean: ## remove everything that can be made again in minutes: the checkpoints of a stopped make learn stay
	@if git ls-files --error-unmatch Makefile >/dev/null 2>&1; then \
	  git ls-files -z --others --ignored --exclude-per-directory=.gitignore --exclude='!**/$(CHECKPOINTS)/' --directory | xargs -0 rm -rf --; \
	else \
	  rm -rf $(VENV) .scratch .ruff_cache lib/target lib/bench/target lib/cluster/target lib/cluster/.venv lib/live/target lib/live/node_modules lib/bench/__pycache__ lib/cluster/__pycache__ notebooks/__pycache__ .ipynb_checkpoints \
	    notebooks/site/.venv notebooks/site/target notebooks/site/node_modules notebooks/site/__pycache__ \
	    notebooks/.ipynb_checkpoints notebooks/results/bench notebooks/results/other notebooks/results/*.svg notebooks/results/*.pdf \
	    assignments/source assignments/solutions assignments/nbgrader_config.py; \
	  find notebooks/results -maxdepth 1 -name '*.png' ! -name 10-decay.png -exec rm {} +; \
	fi

# Java and Maven are looked for before anything is fetched.
$(ENV): notebooks/requirements.txt | need-folder need-java need-maven need-python
	@test ! -L $(VENV) || { echo "$(VENV) is a link: what it leads to would be emptied first. Remove the link, or make env there" >&2; exit 1; }
	@echo "Setting up $(VENV): JupyterLab, nbclient and the JJava kernel (about 290 MB and a minute, once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install --disable-pip-version-check --progress-bar off -q --require-hashes -r $<
	@test -x $(VENV)/bin/jupyter-lab && touch $@

$(SITE_ENV): notebooks/site/requirements.txt | need-folder need-python
	@! $(IS_OLD) || { echo "The site needs Python $(SITE_PYTHON) or newer, found $$($(PYTHON) --version)" >&2; exit 1; }
	@echo "Setting up $(SITE): Sphinx and Playwright (about 400 MB and half a minute, once)"
	@$(PYTHON) -m venv --clear $(SITE)
	@$(SITE)/bin/python -m pip install --disable-pip-version-check --progress-bar off -q --require-hashes -r $<
	@touch $@

$(SITE_NPM): notebooks/site/package-lock.json | need-folder need-npm
	@npm --prefix notebooks/site ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(API): $(JAR)
	@rm -rf $(@D) # a class that is gone would stay
	@javadoc -quiet -Xdoclint:none -notimestamp --no-platform-links -encoding UTF-8 -windowtitle "bptt" -classpath "lib/target/jars/*" -d $(@D) \
	  -sourcepath lib/src/main/java -subpackages bptt

$(TOOLS): | need-python
	@$(PYTHON) -m venv --clear $@
	@$@/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 cyclonedx-bom==7.5.0 || { rm -rf $@; exit 1; }

$(JAR): lib/pom.xml $(shell find lib/src/main -type f) | need-folder need-java need-maven
	@echo "Building lib/target/bptt.jar (the first time Maven fetches about 60 MB)"
	@# A version that is no longer wanted would stay on the class path; and if this fails, the old ones go on.
	@rm -rf lib/target/jars-before; if [ -d lib/target/jars ]; then mv lib/target/jars lib/target/jars-before; fi
	@$(MVN) -q package -Dmaven.test.skip=true -Dspotless.check.skip=true || { rm -rf lib/target/jars; \
	  if [ -d lib/target/jars-before ]; then mv lib/target/jars-before lib/target/jars; fi; exit 1; }
	@rm -rf lib/target/jars-before
	@$(PYTHON) lib/supply.py check
	@touch $@

# The library becomes a function, of which a page makes its worker (see live.js).
$(LIVE): $(JAR) lib/live/pom.xml lib/live/package-lock.json $(shell find lib/live/src -type f 2>/dev/null) | need-node
	@echo "Building lib/live/target/site (the first time Maven fetches about 30 MB, npm 15 MB)"
	@npm --prefix lib/live ci --silent --ignore-scripts --no-audit --no-fund
	@mvn -f lib/live/pom.xml -B -q package
	@rm -rf lib/live/target/site && cp -r lib/live/src/main/site lib/live/target/site
	@cp lib/live/node_modules/uplot/dist/uPlot.iife.min.js lib/live/node_modules/uplot/dist/uPlot.min.css lib/live/target/site
	@{ echo 'function bptt() { const exports = {};'; cat lib/live/target/js/bptt.js; echo '; return exports; }'; } > lib/live/target/site/bptt.js
	@cd lib/live/target && java -cp "classes:../../target/bptt.jar:../../target/jars/*" live.Pictures site
	@touch $@

$(CLUSTER): $(JAR) lib/cluster/pom.xml $(shell find lib/cluster/src -type f 2>/dev/null)
	@echo "Building lib/cluster/target/cluster.jar (the first time Maven fetches about 230 MB)"
	@rm -rf lib/cluster/target/jars lib/cluster/target/spark # as lib/target/jars
	@mvn -f lib/cluster/pom.xml -B -q package
	@touch $@

$(CLUSTER_ENV): lib/cluster/requirements.txt | need-folder need-python
	@echo "Setting up lib/cluster/.venv: PySpark, for its master and workers (about 460 MB, once)"
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip install --disable-pip-version-check --progress-bar off -q --require-hashes -r $<
	@touch $@

need-folder:
	@test -w . || { echo "expected a folder that can be written in, got $(CURDIR): copy the project to one" >&2; exit 1; }

need-java:
	@javac -version 2>&1 | awk '{ok = $$1 == "javac" && int($$2) >= 17} END {exit !ok}' || { \
	  echo "JDK 17 or newer is needed, found $$(command -v javac >/dev/null && javac -version 2>&1 || echo none). Get it: conda install -c conda-forge openjdk=17 | apt install openjdk-17-jdk | brew install openjdk@17 | winget install EclipseAdoptium.Temurin.17.JDK" >&2; exit 1; }

need-maven:
	@command -v mvn >/dev/null || { \
	  echo "Maven 3.8 or newer is needed, found none. Get it: conda install -c conda-forge maven | apt install maven | brew install maven | winget install Apache.Maven" >&2; exit 1; }

need-npm:
	@command -v npm >/dev/null || { echo "npm is needed, found none. Get it: conda install -c conda-forge nodejs | apt install npm | brew install node | winget install OpenJS.NodeJS" >&2; exit 1; }

need-node:
	@command -v node >/dev/null && command -v npm >/dev/null || { \
	  echo "Node 20 or newer and npm are needed, found not both. Get them: conda install -c conda-forge nodejs | apt install nodejs npm | brew install node" >&2; exit 1; }

need-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	  echo "Python 3.10 or newer is needed, found $$(command -v $(PYTHON) >/dev/null && $(PYTHON) --version 2>&1 || echo none). Get it: conda install python=3.12 | apt install python3 python3-venv | brew install python | winget install Python.Python.3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv and ensurepip are needed, $$(command -v $(PYTHON)) has not both. Get them: apt install python3-venv" >&2; exit 1; }
