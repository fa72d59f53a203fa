# The commands of the project; the README says what each is for.
swift = swift
metarl = .build/release/metarl
run ?= runs/gridnavi-rl2
seed ?= 1

.PHONY: build train test format lint bench clean

# Trains RL² on GridNavi, unless the run is there already, and evaluates it on all tasks.
train: build
	test -e $(run)/manifest.json || $(metarl) train --env gridnavi --algorithm rl2 --seed $(seed) --run $(run)
	$(metarl) evaluate $(run)
	@echo "Watch it adapt: $(metarl) watch $(run)"

test: packages
	$(swift) build -c release --build-tests
	$(swift) test -c release --skip-build --parallel

build: packages
	$(swift) build -c release --product metarl

# System packages, where the machine has apt-get and lacks them.
.PHONY: packages
packages:
	@.ci/install-packages

format:
	$(swift) format format --in-place --recursive --parallel Package.swift Sources Tests Examples

lint:
	$(swift) format lint --strict --recursive --parallel Package.swift Sources Tests Examples

# Speeds of this machine; with PEERS=directory also those of the programs there, in turn with ours.
bench: build
	$(metarl) bench
ifdef PEERS
	.ci/compare-peers $(PEERS)
endif

clean:
	$(swift) package clean
