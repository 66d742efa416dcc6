# Two commands do all: `make demo` shows the main job, `make test` runs every check. Both set up .venv first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/installed

define QUESTION
WITH largest AS (
  SELECT article_id, max(value)::INTEGER AS tasks FROM counts
  WHERE unit IN ('nhiệm vụ', 'đề tài', 'dự án') AND total IS NULL GROUP BY article_id
)
SELECT province_2025 AS province, count(*) AS articles, sum(tasks)::INTEGER AS tasks
FROM largest JOIN article_places USING (article_id)
WHERE province_2025 IS NOT NULL GROUP BY province_2025 ORDER BY tasks DESC LIMIT 12
endef
export QUESTION

.PHONY: demo test results floors model bench clean

demo: $(STAMP)
	$(BIN)/khcn extract 'corpus/*.txt' --out facts.duckdb
	@echo
	@echo "Science tasks, topics and projects (the largest count of each article), by province of today:"
	@$(BIN)/khcn query facts.duckdb "$$QUESTION"

test: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/python -m pytest

results: $(STAMP)
	$(BIN)/khcn evaluate --markdown gold/dev.jsonl gold/test.jsonl > results.md.part
	$(BIN)/python -c "import pathlib as p; from khcn_extract.results import in_place; f = p.Path('README.md'); \
	f.write_text(in_place(f.read_text(), p.Path('results.md.part').read_text()))"
	rm results.md.part

floors: $(STAMP)
	$(BIN)/khcn floors gold/floors.json gold/train.jsonl gold/dev.jsonl gold/test.jsonl --raise "$(REASON)"

model: $(STAMP)
	$(BIN)/khcn train gold/train.jsonl gold/further.jsonl gold/officials/train.jsonl --frames gold/frames.toml \
	--held-out gold/officials/test.jsonl --held-out gold/test.jsonl --out src/khcn_extract/model
	$(BIN)/khcn halves gold/officials/test.jsonl gold/test.jsonl

bench: $(STAMP)
	$(BIN)/python bench/throughput.py

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	touch $(STAMP)

clean:
	rm -rf .venv facts.duckdb
