# What one types while working on Sanshi. `make` alone lists the targets.

.DEFAULT_GOAL := help
.PHONY: help run build test deps check race fuzz bench eval soak clean

# The Go default falls back to fetching from version control when the proxy has
# no answer; a build should not quietly do that. Any other setting is respected.
export GOPROXY := $(shell go env GOPROXY | sed 's/,direct$$//')

FUZZTIME ?= 5s
ROUNDS   ?= 10
PKG      ?= ./...

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: ## start the service with the demo village
	go run ./bot

build: ## the static binary, bin/bot
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/bot ./bot

test: deps check race fuzz ## all that must pass before a change goes in (what .ci/run calls)

deps: ## install what the tests need from the system's packages, or say what is missing
	@.ci/deps

check: ## formatting, vet, staticcheck
	@.ci/check

race: ## every test with the race detector, conversations and import table included; a skipped test fails
	@.ci/tests $(PKG)

fuzz: ## each fuzz target for FUZZTIME (5s)
	@.ci/fuzz $(FUZZTIME)

bench: ## benchmarks of PKG (./...)
	go test -run '^$$' -bench . -benchmem $(PKG)

eval: ## how well DATA=file.tsv is sorted (columns text kind code urgency); with TEXT=a,b LABEL=c what train makes of it, beside fastText
	@test -n "$(DATA)" || { echo "make eval: name a file: make eval DATA=matters.tsv, or DATA=titles.tsv TEXT=title,detail LABEL=label" >&2; exit 2; }
	go run ./bot eval --data '$(DATA)' $(if $(TEXT),--text '$(TEXT)' --label '$(LABEL)' --against fasttext)

soak: ## every test ROUNDS (10) times in shuffled order, to find what fails only sometimes
	go test -race -shuffle on -count $(ROUNDS) -timeout 4h $(PKG)

clean: ## remove what was built; leaves the data folder alone
	rm -rf bin
