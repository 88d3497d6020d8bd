# Shortcuts. Plain cargo does the same.

.PHONY: test bench bench-diff

test:
	./test

# Builds for release and measures; takes a minute after the build. Close everything else.
bench:
	cargo build --release --package vestibule --package vestibule-bench
	target/release/vestibule-bench

# Time and memory of `vestibule diff`.
bench-diff:
	scripts/diff-bench
