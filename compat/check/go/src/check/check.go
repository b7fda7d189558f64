// Package check compares what the applications in Go get with what they expect.
package check

import (
	"fmt"
	"os"
	"sync/atomic"
)

// App is the name of the application.
var App string

var checks int64

// Equal ends the application unless both are written alike.
func Equal(actual, expected interface{}, what string) {
	n := atomic.AddInt64(&checks, 1)
	if fmt.Sprint(actual) != fmt.Sprint(expected) {
		fmt.Printf("%s: after %d checks: %s: expected %v, got %v\n", App, n, what, expected, actual)
		os.Exit(1)
	}
}

// Must ends the application on an error.
func Must(err error, what string) {
	if err != nil {
		Equal(err, nil, what)
	}
}

// Done says that all went well.
func Done() {
	fmt.Printf("ok %s %d checks\n", App, atomic.LoadInt64(&checks))
}
