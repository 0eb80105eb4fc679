// Package crash kills the platform in the middle of its work and proves that nothing it acknowledged is lost and nothing
// it did is without evidence.
//
// Owns: the world under load, the load, the killing, the reading of the state afterwards, the closed log.
// Does not own: the rules (acceptance/invariant), starting the binary (acceptance/harness).
//
// The normal run makes 10 seeded rounds of kills and 10 of power cuts, which need root. More, or the same ones again:
//
//	LIENTHONG_TEST_CRASH_ROUNDS=500 LIENTHONG_TEST_SEED=1 go test -timeout 3h -run TestKill ./acceptance/crash
//	LIENTHONG_TEST_POWER_ROUNDS=200 LIENTHONG_TEST_SEED=1 go test -timeout 3h -run 'TestPowerCut$' ./acceptance/crash
//
// Invariants:
//  1. The server is killed with SIGKILL, at a moment that follows from the seed: after a time, or from within a
//     provider's hands while a call stands there.
//  2. After a kill nobody does anything but start the same command again (I9).
//  3. A history that breaks a rule is kept as a file, with the seed, beside the data folder.
//
// Start reading at TestKill, then world.
package crash
