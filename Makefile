# Each target is one line; what takes more than that is in a script of its own.
.DEFAULT_GOAL := help
.PHONY: help demo test compat cases corpus format bench jmh dev native clean
MVN := .mvn/run.sh

help: ## List the targets
	@sed -n 's/^\([a-z]*\):[^#]*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

demo: ## Start a cluster with sample data and Howdah in front of it (HOWDAH_PORT=6432 HOWDAH_HTTP_PORT=8080)
	@exec lab/demo.sh

test: ## Build everything and run all tests (SERVERS=containers: Testcontainers' servers; RERUNS=1: failed tests once more)
	@exec $(MVN) -B verify $(if $(SERVERS),-Dservers=$(SERVERS)) $(if $(RERUNS),-Dsurefire.rerunFailingTestsCount=$(RERUNS))

compat: ## Run drivers, frameworks and their suites direct and through Howdah (ARGS="node-pg pdo")
	@exec compat/run $(ARGS)

cases: ## Run cases of others' trouble with poolers, direct and through Howdah (ARGS="new-database")
	@exec compat/cases/run $(ARGS)

corpus: ## Run PostgreSQL's regression SQL on a primary and a replica, and hold the classifier against it
	@exec compat/suites/corpus.sh

format: ## Format the sources
	@exec $(MVN) -q -B spotless:apply

bench: ## Measure Howdah beside direct connections and PgBouncer (ARGS="--rounds 3 --protocols simple")
	@exec bench/run.sh compare $(ARGS)

jmh: ## Run the benchmarks of the hot path (ARGS="-prof gc Ledger")
	@exec bench/run.sh jmh $(ARGS)

dev: ## Run the application in Quarkus' development mode
	@exec $(MVN) -DskipErrorProne -pl src -am compile quarkus:dev

native: ## Build the native executable and try it (a GraalVM for JDK 25 in GRAALVM_HOME, or native-image on the PATH)
	@exec native/build

clean: ## Remove what was built, and the data of the demo and of compat
	@$(MVN) -q -B clean && rm -rf .demo compat/.work compat/apps/*/target compat/apps/*/node_modules
