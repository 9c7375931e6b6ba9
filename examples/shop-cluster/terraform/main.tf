variable "db_password" {
  type    = string
  default = "changeme"
}

resource "aws_db_instance" "production" {
  engine              = "postgres"
  publicly_accessible = true
  storage_encrypted   = false
  password            = var.db_password
}

resource "aws_lb" "front" {
  internal = false
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.front.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "forward"
  }
}

resource "aws_security_group" "all" {
  ingress {
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
