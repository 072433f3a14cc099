package connect

import (
	"context"
	"net/http"
	"net/url"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// firstRun are the pages of a first run by the custom path (R-AAC-01). Those
// between Optional features and Ready to configure are opened by options that
// the lab does not model.
func firstRun(cloud string) []step {
	return []step{expressSettings(), components(), userSignIn(), connectCloud(cloud), connectDirectories(), suffixes(cloud), filtering(),
		identifying(), filterUsers(), features(), ready(), complete()}
}

// laterRun starts with the choice of a task, which the rest of the path follows
// from (R-AAC-14).
func laterRun() []step { return []step{tasks()} }

// The tasks of R-AAC-14.
const (
	taskView      = "View current configuration"
	taskCustomize = "Customize synchronization options"
	taskSchema    = "Refresh directory schema"
	taskStaging   = "Configure staging mode"
	taskSignIn    = "Change user sign-in"
	taskDevices   = "Configure device options"
	taskFederate  = "Manage federation"
	taskTrouble   = "Troubleshoot"
)

// taskList returns the tasks that the era has.
func taskList(era entra.Era) []string {
	list := []string{taskView, taskCustomize}
	if era == entra.Now {
		list = append(list, taskDevices)
	}
	list = append(list, taskSchema, taskStaging, taskSignIn)
	if era == entra.Now {
		list = append(list, taskFederate, taskTrouble)
	}
	return list
}

// taskPath returns the pages of a task, the choice included (R-AAC-15); nil for
// a task that the lab does not model.
func taskPath(task, cloud string) []step {
	switch task {
	case taskView:
		return []step{tasks(), review()}
	case taskCustomize:
		return []step{tasks(), connectCloud(cloud), connectDirectories(), filtering(), features(), ready(), complete()}
	case taskStaging:
		return []step{tasks(), connectCloud(cloud), staging(), ready(), complete()}
	}
	return nil
}

func tasks() step {
	return step{slug: "tasks", name: "Additional tasks",
		show: func(_ context.Context, a *Agent, _ *run, p *page.Page, wrong complaint) {
			p.Lead = []string{"The initial configuration of " + a.product() + " is complete. Choose what to do next."}
			c := page.Choices{Name: "task", Legend: "Task", Error: wrong.of("task")}
			for _, t := range taskList(a.config.Era) {
				c.Options = append(c.Options, page.Option{Value: t, Label: t})
			}
			p.Parts = []page.Part{c}
		},
		take: func(_ context.Context, a *Agent, r *run, form url.Values) complaint {
			task := form.Get("task")
			known := false
			for _, t := range taskList(a.config.Era) {
				known = known || t == task
			}
			path := taskPath(task, a.cloudName())
			switch {
			case !known:
				return complaint{alert: "Choose a task.", field: "task", text: "Choose one."}
			case path == nil:
				return complaint{alert: task, status: http.StatusNotImplemented}
			}
			r.path, r.reached, r.next = path, 0, a.settings()
			r.token, r.done = "", nil
			return complaint{}
		},
	}
}

// review shows how the agent is configured.
func review() step {
	return step{slug: "review", name: taskView,
		show: func(_ context.Context, a *Agent, _ *run, p *page.Page, _ complaint) {
			st := a.Status()
			onOff := map[bool]string{true: "Enabled", false: "Disabled"}
			scope := "All domains and OUs"
			if units := a.settings().units; units != nil {
				scope = "Selected OUs"
			}
			p.Parts = []page.Part{
				page.List{Heading: "Synchronised directories", Items: []page.Term{{Term: "Forest", Value: st.Forest},
					{Term: "Account", Value: a.config.Directory.User}, {Term: "Filtering", Value: scope}}},
				page.List{Heading: "Synchronisation settings", Items: []page.Term{
					{Term: "Source anchor", Value: "mS-DS-ConsistencyGuid"}, {Term: "User principal name", Value: "userPrincipalName"},
					{Term: "User sign-in", Value: passThrough}, {Term: "Password writeback", Value: onOff[st.Writeback]},
					{Term: "Staging mode", Value: onOff[st.Staging]}, {Term: "Auto upgrade", Value: onOff[false]},
					{Term: "Version", Value: st.Version}}},
			}
		},
	}
}

// staging is the one page of the task that puts a server in and out of staging
// mode (R-AAC-27).
func staging() step {
	return step{slug: "staging", name: taskStaging,
		show: func(_ context.Context, a *Agent, r *run, p *page.Page, _ complaint) {
			p.Lead = []string{"A server in staging mode imports and synchronises, but exports nothing and writes no password back."}
			p.Parts = []page.Part{page.Choices{Name: "staging", Legend: "Staging mode", Many: true,
				Options: []page.Option{{Value: "yes", Label: "Enable staging mode", Chosen: r.next.staging}}}}
		},
		take: func(_ context.Context, _ *Agent, r *run, form url.Values) complaint {
			r.next.staging = form.Get("staging") != ""
			return complaint{}
		},
	}
}
