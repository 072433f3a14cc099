# What can be done here: make help
.DEFAULT_GOAL := help
SHELL := /bin/bash

BIN        := bin/ssprlab
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
DRIVER     ?= browser
DIRECTORY  ?= embedded
WORKERS    ?= 2
SEED       ?= 1
REPORT     ?= report

.PHONY: help
help: ## show what can be done
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build the command, one static binary
	@CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o $(BIN) ./cmd/ssprlab

.PHONY: browser
browser: build ## install a browser if none is found
	@.ci/browser $(BIN)

.PHONY: e2e
e2e: browser ## run every scenario and write the report (DIRECTORY=samba or openldap: in containers; DRIVER=http: no browser)
	@$(BIN) run --driver $(DRIVER) --directory $(DIRECTORY) --workers $(WORKERS) --seed $(SEED) --report $(REPORT)

.PHONY: images
images: build ## build the images of the container lab
	@$(BIN) images build

.PHONY: vet
vet:
	@go vet ./...

.PHONY: lint
lint: vet ## check the code's form, and the scenarios
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt: $$unformatted"; exit 1; }
	@go run $(STATICCHECK) ./...
	@go run ./cmd/ssprlab lint

.PHONY: test
test: browser lint ## vet, lint, and every test with the race detector
	@if grep -q '^ok *docker' <<<"$$($(BIN) doctor)"; then $(BIN) images build; \
		else echo "Left out, because no Docker engine answers: Samba, OpenLDAP, and all else in containers (ssprlab doctor says more)"; fi
	@go test -race -timeout 60m ./...

.PHONY: bench
bench: ## measure against the yardsticks and write docs/benchmarks.md
	@set -o pipefail; { go test -run '^$$' -bench . -benchtime 5s -count 3 -timeout 60m ./e2e/bench && \
		go test -run '^$$' -bench FromNothing -benchtime 1x -timeout 30m ./lab/container; } | go run ./e2e/bench/table -write docs/benchmarks.md

.PHONY: coverage
coverage: ## write docs/coverage.md: which rules are proved, and which are not modelled
	@go test -count=1 -run TestThePagePromisesNoMore ./scenarios/catalogue -write

.PHONY: clean
clean: ## remove what was built and reported
	@rm -rf bin report
