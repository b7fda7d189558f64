package io.howdah.admin;

public final class Console {}
