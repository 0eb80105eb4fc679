// Package certificateweb serves the platform's certificates: to programs by the JSON API, and the authorities and their
// revocation lists to everybody. The pages stand in the page of the system (systemweb).
//
// Invariants:
//  1. What is public holds no name but that of the platform: certificates of systems are shown to their agency and the operator.
//
// Start reading at Pages.Routes.
package certificateweb
