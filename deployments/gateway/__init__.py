"""An SFTP server of our own for institutions that have none: OpenSSH, made from the profiles."""
