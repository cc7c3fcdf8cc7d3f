import { AwsError } from "../../base/index.js";

const error = (code: string, text: string) => () => new AwsError(code, text);

/** An error that says in `Reason` which of its many causes it has. */
const reasoned =
  (code: string) =>
  (Reason: string, text: string): AwsError =>
    new AwsError(code, text, { fields: { Reason } });

/** The errors of AWS Organizations, in its words. */
export const errors = {
  accessDenied: error("AccessDeniedException", "You don't have permissions to access this resource."),
  notInUse: error("AWSOrganizationsNotInUseException", "Your account is not a member of an organization."),
  alreadyMember: error(
    "AlreadyInOrganizationException",
    "The provided account is already a member of an organization.",
  ),
  notEmpty: error(
    "OrganizationNotEmptyException",
    "To delete an organization you must first remove all member accounts (except the master).",
  ),
  managementCannotLeave: error(
    "MasterCannotLeaveOrganizationException",
    "The management account can't leave its organization. Delete the organization instead.",
  ),
  accountNotFound: error("AccountNotFoundException", "You specified an account that doesn't exist."),
  accountClosed: error("AccountAlreadyClosedException", "You attempted to close an account that is already closed."),
  duplicateAccount: error("DuplicateAccountException", "That account is already present in the specified destination."),
  accountRequestNotFound: error(
    "CreateAccountStatusNotFoundException",
    "You specified a create account request that doesn't exist.",
  ),
  childNotFound: error("ChildNotFoundException", "You specified a child that doesn't exist."),
  parentNotFound: error("ParentNotFoundException", "You specified a parent that doesn't exist."),
  sourceNotFound: error("SourceParentNotFoundException", "You specified a source parent that doesn't exist."),
  destinationNotFound: error(
    "DestinationParentNotFoundException",
    "You specified a destination parent that doesn't exist.",
  ),
  rootNotFound: error("RootNotFoundException", "You specified a root that doesn't exist."),
  unitNotFound: error(
    "OrganizationalUnitNotFoundException",
    "You specified an organizational unit that doesn't exist.",
  ),
  unitNotEmpty: error(
    "OrganizationalUnitNotEmptyException",
    "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again.",
  ),
  duplicateUnit: error("DuplicateOrganizationalUnitException", "An OU with the same name already exists."),
  policyNotFound: error("PolicyNotFoundException", "You specified a policy that doesn't exist."),
  policyInUse: error(
    "PolicyInUseException",
    "The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts before performing this operation.",
  ),
  policyNotAttached: error(
    "PolicyNotAttachedException",
    "The policy isn't attached to the specified target in the specified root.",
  ),
  duplicatePolicy: error("DuplicatePolicyException", "A policy with the same name already exists."),
  duplicateAttachment: error(
    "DuplicatePolicyAttachmentException",
    "The selected policy is already attached to the specified target.",
  ),
  malformedPolicy: error(
    "MalformedPolicyDocumentException",
    "The provided policy document does not meet the requirements of the specified policy type.",
  ),
  typeEnabled: error("PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled."),
  typeNotEnabled: error(
    "PolicyTypeNotEnabledException",
    "This operation can be performed only for enabled policy types.",
  ),
  typeNotAvailable: error(
    "PolicyTypeNotAvailableForOrganizationException",
    "You can't use the specified policy type with the feature set currently enabled for this organization.",
  ),
  targetNotFound: error("TargetNotFoundException", "You specified a target that doesn't exist."),
  handshakeNotFound: error("HandshakeNotFoundException", "You specified a handshake that doesn't exist."),
  handshakeInState: error(
    "HandshakeAlreadyInStateException",
    "The specified handshake is already in the requested state.",
  ),
  handshakeTransition: error(
    "InvalidHandshakeTransitionException",
    "You can't perform the operation on the handshake in its current state.",
  ),
  duplicateHandshake: error(
    "DuplicateHandshakeException",
    "A handshake with the same action and target already exists.",
  ),
  constraint: reasoned("ConstraintViolationException"),
  handshakeConstraint: reasoned("HandshakeConstraintViolationException"),
  input: reasoned("InvalidInputException"),
} as const;
