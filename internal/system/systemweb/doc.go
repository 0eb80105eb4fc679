// Package systemweb shows the register of information systems, their security level and credentials, as pages and as JSON.
//
// Owns: the pages under /system and the operations under /api/v1/system.
// Does not own: any rule; system.Service decides who may change what. A secret passes through once, when it is made.
//
// Start reading at Pages.Routes.
package systemweb
