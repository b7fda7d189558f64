package io.howdah.admin;

/** One column of a reply. */
public record Column(String name, ColumnType type) {}
