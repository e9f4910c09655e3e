/**
 * Goal: examples/operator is what its README.md says.
 * Method: its tests run here; the words of the page that come out of a program are compared with it.
 */
import '../../examples/operator/leader.test.ts'
import '../../examples/operator/operator.test.ts'
