// Package container runs the parts of a lab in containers: it finds the Docker
// engine, builds the lab's images, starts containers in networks of their own,
// and leaves nothing behind. It knows nothing of what runs in them.
//
//	e, err := container.Open(ctx)                // the engine, checked
//	samba, err := container.Named(container.Samba)
//	ref, err := e.Build(ctx, samba, nil)         // built, or found
//	g := e.NewGroup()                            // what one lab owns
//	defer g.Close()
//	corp, err := g.Network(ctx, "corp")
//	dc, err := g.Start(ctx, container.Spec{
//		Name: "dc", Image: ref,
//		Networks: []container.Attachment{{Network: corp, Aliases: []string{"dc1.corp.alder.example.com"}}},
//		Ports:    []container.Port{{Number: 8443}, {Number: 636, Later: true}},
//	})
//	dc.Addr(8443)                                // 127.0.0.1:41231
//
// # The engine
//
// It is looked for where testcontainers-go does, and in the Docker context that
// the docker command uses. It must be on this machine, speak API 1.41 (Docker
// 20.10) or later and run Linux containers; an [Unusable] says what is wrong
// otherwise, where, and what mends it.
//
// Where ports are published is asked of the engine, so it does not matter
// whether this machine looks like a container to testcontainers-go (a file
// /.dockerenv) or what TESTCONTAINERS_HOST_OVERRIDE says.
//
// # Images
//
// The folder images holds one for each; its Dockerfile puts the layers that
// change least first. Their base is pulled where a registry can be reached, and
// else made from the Debian archive under the same name, so one Dockerfile
// serves both. What is built carries the label io.github.ssprlab.image.
//
// # Cleaning up
//
// Every container and network carries two labels: the group that owns it and
// the process that made it. [Group.Close] removes what the group owns;
// [Engine.Sweep] removes what processes left that are no more, however they
// died. This takes the place of Ryuk, the reaper of testcontainers-go, which is
// an image that must be pulled.
//
// # Limits
//
// The first Open of a process makes testcontainers-go, for the whole process,
// use the engine that was found and start no Ryuk, unless
// TESTCONTAINERS_RYUK_DISABLED is set: a program that uses testcontainers-go
// for containers of its own sets it to false to keep its reaper. The process's
// environment is the same afterwards. A process uses one engine.
//
// Engines on other machines are not supported: ports are published on the
// loopback address of the engine's machine alone. A process that runs in a
// container of the engine it talks to cannot reach them either.
//
// What a process left that ran in a container, or under another host name, is
// only swept by a process that can see whether it lives: one in the same
// container, respectively on that host.
package container
