// Package world makes the demo's province from a seed: agencies' systems, people with accounts, dataset registrations
// and the rows of the datasets of stories 1 to 8 of the requirements, with the errors that the stories count.
//
// Owns: what exists in the demo and the truth about it (which errors were planted, and where).
// Does not own: loading it into the platform (demo), serving it as other agencies' systems (demo/provider).
//
// Invariants:
//  1. The same seed and size give the same bytes.
//  2. Every personal identifier begins with 999, which is no issued block, and agrees with sex and year of birth, except
//     those that Truth names. No name, telephone number or address is a real person's.
//  3. A person is one in all datasets: the same identifier, name, date of birth, sex and commune.
//  4. The planted errors are counted in Truth and do not depend on the size.
//
// Start reading at Generate, then Truth.
package world
