# Two commands do all: `make demo` shows the main job, `make test` runs every check. Both set up .venv first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/installed

define QUESTION
SELECT province_2025 AS province, count(DISTINCT article_id) AS articles, sum(c.value)::BIGINT AS tasks
FROM counts AS c JOIN article_places USING (article_id)
WHERE c.unit IN ('nhiệm vụ', 'đề tài', 'dự án') AND c.total IS NULL
GROUP BY province_2025 ORDER BY tasks DESC LIMIT 12
endef
export QUESTION

.PHONY: demo test check bench clean

demo: $(STAMP)
	$(BIN)/khcn extract 'corpus/*.txt' --out facts.duckdb
	@echo
	@echo "Science tasks, projects and topics counted, by province in today's borders:"
	@$(BIN)/khcn query facts.duckdb "$$QUESTION"

test: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

bench: $(STAMP)
	$(BIN)/python bench/throughput.py

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	touch $(STAMP)

clean:
	rm -rf .venv facts.duckdb
