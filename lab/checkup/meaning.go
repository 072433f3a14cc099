package checkup

import "github.com/ssprlab/ssprlab/lab/directory"

// meaning is what the lack of a right comes to.
type meaning struct {
	people string // what people see
	agent  string // what the agent's event log has
	rules  string
}

// meaningOf says what people and the agent's log will have of a lack: by the
// behaviour catalogue, as the lab's own scenarios rehearse it.
func meaningOf(r directory.Right) meaning {
	const refused = "33004 ADPermissionsError, then 31003 PasswordResetFail; 6329 with hr=0x80070005"
	switch r {
	case directory.ResetPassword:
		return meaning{
			"Every reset fails, and only after Finish: people pass the gates, choose a password, and are told that it could not be reset (SSPR_0029) and to contact their administrator. Resets by administrators fail too. A change of a known password works.",
			refused, "R-WB-25, R-WB-69, R-TRB-11"}
	case directory.WriteLockoutTime:
		return meaning{
			"Every reset fails with SSPR_0029 after Finish, because a reset always unlocks, in the same write. So does \"I know my password, but still can't sign in\": the account stays locked.",
			refused, "R-WB-25, R-WB-105, R-POL-75"}
	case directory.WritePwdLastSet:
		return meaning{
			"Administrators' resets with a temporary password fail, because it has to be marked for a change at the next sign-in. A reset by the person works.",
			refused, "R-WB-25, R-WB-36"}
	case directory.UnexpirePassword:
		return meaning{
			"The reset succeeds, but the new password has expired at once: at the next sign-in the person has to change it again. Where the sign-in offers no change, such as in a mail program, the person is locked out with a new password.",
			"nothing: 31002 PasswordResetSuccess", "R-WB-26, R-WB-28, R-WB-103"}
	case directory.ChangePassword:
		return meaning{
			"Nobody can change a known password in the cloud (\"Change password\" of the account page, and a forced change at sign-in). A reset works. In a new domain everybody has this right.",
			"33004 ADPermissionsError, then 31008 ChangePasswordFail", "R-WB-30"}
	}
	return meaning{}
}
