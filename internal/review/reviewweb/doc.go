// Package reviewweb shows reviews of rights and lets reviewers answer: campaigns with their grants, rights beyond their
// use, requests to the operator, settings.
//
// Owns: the pages under /reviews and the operations /api/v1/reviews.
// Does not own: any rule; review.Service decides who sees and answers what.
//
// Start reading at Pages.Routes.
package reviewweb
