package io.howdah.lab;

/** Data found in a directory does not make a running cluster; made anew it would. */
public final class BrokenCluster extends LabException {
  private static final long serialVersionUID = 1L;

  BrokenCluster(String message) {
    super(message);
  }

  BrokenCluster(LabException cause) {
    super(cause.getMessage(), cause);
  }
}
