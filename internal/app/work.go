package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"lienthong/internal/access"
	"lienthong/internal/exchange"
)

// Intervals of the platform's own work.
const (
	usageEvery  = 5 * time.Second
	sweepEvery  = time.Minute
	remindEvery = 10 * time.Minute
	mailEvery   = 15 * time.Second
	// Records leave the online log by the month, so a look each day is enough.
	archiveEvery = 24 * time.Hour
)

// startWork starts the background work; all of it ends with the context.
func (a *App) startWork(ctx context.Context, group *errgroup.Group) {
	a.jobs.Every("connection sweep", sweepEvery, func(ctx context.Context) error {
		return a.connections.Sweep(access.WithActor(ctx, access.JobActor("connection sweep")))
	})
	a.jobs.Every("systems", sweepEvery, a.sweepSystems)
	a.jobs.Every("obligations", remindEvery, a.obligations.Evaluate)
	a.jobs.Every("connection renewals", remindEvery, func(ctx context.Context) error {
		return a.connections.RemindRenewal(access.WithActor(ctx, access.JobActor("connection renewals")))
	})
	a.jobs.Every("account proposals", remindEvery, func(ctx context.Context) error {
		return a.account.ExpireProposals(access.WithActor(ctx, access.JobActor("account proposals")))
	})
	a.jobs.Every("task reminders", remindEvery, func(ctx context.Context) error {
		return a.task.Remind(access.WithActor(ctx, access.JobActor("task reminders")))
	})
	a.jobs.Every("mail", mailEvery, func(ctx context.Context) error {
		return a.task.SendMail(access.WithActor(ctx, access.JobActor("mail")))
	})
	a.jobs.Every("dictionary versions", remindEvery, func(ctx context.Context) error {
		return a.dictionary.TakeEffect(access.WithActor(ctx, access.JobActor("dictionary versions")))
	})
	a.jobs.Every("certificates", remindEvery, func(ctx context.Context) error {
		ctx = access.WithActor(ctx, access.JobActor("certificates"))
		return errors.Join(a.system.RemindKeys(ctx), a.certificates.Remind(ctx), a.certificates.PublishLists(ctx))
	})
	a.jobs.Every("releases in force", sweepEvery, func(ctx context.Context) error {
		return a.releases.TakeEffect(access.WithActor(ctx, access.JobActor("release in force")))
	})
	a.jobs.Every("releases as issued", remindEvery, func(ctx context.Context) error {
		_, err := a.releases.Verify(access.WithActor(ctx, access.JobActor("release verify")))
		return err
	})
	a.jobs.Every("privacy reminders", privacyReminders, func(ctx context.Context) error {
		return a.privacy.Remind(access.WithActor(ctx, access.JobActor("privacy reminders")))
	})
	a.jobs.Every("audit archive", archiveEvery, func(ctx context.Context) error {
		_, err := a.audit.Archive(ctx)
		return err
	})
	a.reviewJobs()
	group.Go(func() error { return a.jobs.Run(ctx) })
	group.Go(func() error { return a.ingest.Run(ctx) })
	group.Go(func() error { return a.vault.Run(ctx) })
	group.Go(func() error { return a.backup.Run(ctx) })
	group.Go(func() error { return a.keepUsage(ctx) })
	group.Go(func() error { return a.watchHashes(ctx) })
	group.Go(func() error { return a.watchGrants(ctx) })
	group.Go(func() error { return a.watchRoom(ctx) })
	group.Go(func() error { return a.followLog(ctx) })
}

// keepUsage writes what grants have used every few seconds and once more at the end, so that a restart does not give
// a day's quota anew.
func (a *App) keepUsage(ctx context.Context) error {
	tick := time.NewTicker(usageEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := errors.Join(a.access.StoreUsage(ctx), a.access.LoadUsage(ctx)); err != nil && ctx.Err() == nil {
				a.log.Error("usage of grants was not stored", "cause", err) // the counters stay in memory and go with the next turn
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
			defer cancel()
			return a.access.StoreUsage(last)
		}
	}
}

// serveExchange serves until the context ends, then lets the calls that run finish.
func serveExchange(ctx context.Context, s *exchange.Server, l net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := s.Shutdown(late); err != nil {
		return fmt.Errorf("stop the exchange: %w", err)
	}
	return nil
}
