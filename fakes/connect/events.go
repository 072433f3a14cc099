package connect

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/ssprlab/ssprlab/lab/clock"
)

// The sources of events (7.7).
const (
	SourceWriteback = "PasswordResetService"
	SourceSync      = "ADSync"
	SourceDirectory = "Directory Synchronization" // of R-AAC-21
)

// Event is an entry of the server's event log. No secret is ever in it.
type Event struct {
	Number     int       `json:"number"` // counts from 1
	Time       time.Time `json:"time"`
	Source     string    `json:"source"`
	ID         int       `json:"id"`
	Name       string    `json:"name,omitempty"`
	Level      string    `json:"level"` // Information, Warning, Error
	TrackingID string    `json:"trackingId,omitempty"`
	Message    string    `json:"message"`
}

// eventLog keeps the latest events.
type eventLog struct {
	clock *clock.Clock
	log   *slog.Logger

	mu    sync.Mutex
	count int
	list  []Event
}

// maxEvents is how many events are kept; a quarter of them goes when it is
// full.
const maxEvents = 8000

// write adds an event. Its time, number, name and level follow from the rest.
func (l *eventLog) write(source string, id int, tracking, format string, args ...any) {
	e := Event{Time: l.clock.Now(), Source: source, ID: id, TrackingID: tracking, Message: fmt.Sprintf(format, args...)}
	e.Name, e.Level = eventNames[id], levelOf(id)
	l.mu.Lock()
	l.count++
	e.Number = l.count
	if len(l.list) >= maxEvents {
		l.list = slices.Delete(l.list, 0, maxEvents/4)
	}
	l.list = append(l.list, e)
	l.mu.Unlock()
	level := slog.LevelDebug
	if e.Level == "Error" {
		level = slog.LevelInfo
	}
	l.log.Log(context.Background(), level, "event", "source", source, "id", id, "name", e.Name, "tracking", tracking, "message", e.Message)
}

// all returns the events that match, oldest first.
func (l *eventLog) all(match func(Event) bool) []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := []Event{}
	for _, e := range l.list {
		if match(e) {
			found = append(found, e)
		}
	}
	return found
}

// The events of R-WB-55..63, R-WB-65..75 and R-AAC-21 that the agent writes.
const (
	resetStart, resetSuccess, resetFail                = 31001, 31002, 31003
	onboardingStart, onboardingSuccess                 = 31004, 31005
	changeStart, changeSuccess, changeFail             = 31006, 31007, 31008
	adminResetStart, adminResetSuccess, adminResetFail = 31009, 31010, 31011
	offboardingStart, offboardingSuccess               = 31012, 31013
	offboardingFail                                    = 31014
	serviceStarted, serviceStopped                     = 31015, 31016
	authTokenSuccess, keyPairSuccess                   = 31017, 31018
	heartBeat                                          = 31019
	listenerError                                      = 31034
	serviceBusError                                    = 32002
	decryptionError                                    = 32004
	authTokenError, cryptoError                        = 32009, 32010
	onboardingError, offboardingError                  = 32011, 32013
	healthError                                        = 32015
	unknownError, userNotFound, multipleMatch          = 33001, 33002, 33003
	permissionError, accountDisabled                   = 33004, 33005
	accountLocked, wrongPassword                       = 33006, 33007
	policyError, configurationError                    = 33008, 33009
	connectorCall, connectorBind                       = 403, 405
	deletionThreshold                                  = 116
	passwordSetFailed                                  = 6329
	runFailed                                          = 6100
)

// eventNames are the published names of events, spelt as published.
var eventNames = map[int]string{
	resetStart: "PasswordResetStart", resetSuccess: "PasswordResetSuccess", resetFail: "PasswordResetFail",
	onboardingStart: "OnboardingEventStart", onboardingSuccess: "OnboardingEventSuccess",
	changeStart: "ChangePasswordStart", changeSuccess: "ChangePasswordSuccess", changeFail: "ChangePasswordFail",
	adminResetStart: "ResetUserPasswordByAdminStart", adminResetSuccess: "ResetUserPasswordByAdminSuccess",
	adminResetFail: "ResetUserPasswordByAdminFail", offboardingStart: "OffboardingEventStart",
	offboardingSuccess: "OffboardingEventSuccess", offboardingFail: "OffboardingEventFail",
	serviceStarted: "WriteBackServiceStarted", serviceStopped: "WriteBackServiceStopped",
	authTokenSuccess: "AuthTokenSuccess", keyPairSuccess: "KeyPairCreationSuccess", heartBeat: "ServiceBusHeartBeat",
	listenerError: "ServiceBusListenerError", serviceBusError: "ServiceBusError", decryptionError: "DecryptionError",
	authTokenError: "AuthTokenError", cryptoError: "CryptoError", onboardingError: "OnBoardingServiceError",
	offboardingError: "OffBoardingError", healthError: "ReportServiceHealthError", unknownError: "ADUnKnownError",
	userNotFound: "ADUserNotFoundError", multipleMatch: "ADMutliMatchError", permissionError: "ADPermissionsError",
	accountDisabled: "ADUserAccountDisabled", accountLocked: "ADUserAccountLockedOut",
	wrongPassword: "ADUserIncorrectPassword", policyError: "ADPasswordPolicyError", configurationError: "ADConfigurationError",
}

// levelOf returns the level of an event by its number.
func levelOf(id int) string {
	switch id {
	case resetFail, changeFail, adminResetFail, offboardingFail, listenerError, deletionThreshold, passwordSetFailed, runFailed:
		return "Error"
	}
	if id >= 32000 && id < 34000 {
		return "Error"
	}
	return "Information"
}
